-- What CREATE DATABASE must say for another database with the properties of $1, behind its name.
SELECT format(
           'TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L LOCALE_PROVIDER %s%s OWNER %I%s CONNECTION LIMIT %s',
           pg_encoding_to_char(d.encoding),
           d.datcollate,
           d.datctype,
           CASE d.datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
           -- The column has had another name since PostgreSQL 17.
           CASE d.datlocprovider
               WHEN 'i' THEN format(' ICU_LOCALE %L', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
               WHEN 'b' THEN format(' BUILTIN_LOCALE %L', to_jsonb(d) ->> 'datlocale')
               ELSE ''
           END,
           r.rolname,
           -- To name the usual one takes a right that not to name it does not.
           CASE WHEN t.spcname = 'pg_default' THEN '' ELSE format(' TABLESPACE %I', t.spcname) END,
           d.datconnlimit
       )
FROM pg_database d
JOIN pg_roles r ON r.oid = d.datdba
JOIN pg_tablespace t ON t.oid = d.dattablespace
WHERE d.datname = $1
