-- The statements that give the database $2 the settings, rights and comment of the database $1.
WITH source AS (
    SELECT oid, datacl, datdba FROM pg_database WHERE datname = $1
)
SELECT format(
           'ALTER %s SET %s',
           CASE WHEN s.setrole = 0 THEN format('DATABASE %I', $2::text)
                ELSE format('ROLE %I IN DATABASE %I', r.rolname, $2::text)
           END,
           -- Lists of names stand as they are written there, everything else as one value.
           CASE WHEN split_part(setting, '=', 1) IN (
                    'search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries',
                    'shared_preload_libraries', 'unix_socket_directories'
                )
                THEN format('%s TO %s', split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1))
                ELSE format(
                    '%s TO %L',
                    (
                        SELECT string_agg(quote_ident(part), '.')
                        FROM unnest(string_to_array(split_part(setting, '=', 1), '.')) AS part
                    ),
                    substr(setting, strpos(setting, '=') + 1)
                )
           END
       )
FROM source
JOIN pg_db_role_setting s ON s.setdatabase = source.oid
LEFT JOIN pg_roles r ON r.oid = s.setrole
CROSS JOIN LATERAL unnest(s.setconfig) AS setting
UNION ALL
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2::text) FROM source WHERE datacl IS NOT NULL
UNION ALL
SELECT format(
           'GRANT %s ON DATABASE %I TO %s%s',
           a.privilege_type,
           $2::text,
           CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END,
           CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
       )
FROM source
CROSS JOIN LATERAL aclexplode(source.datacl) AS a
LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> source.datdba
UNION ALL
SELECT format('COMMENT ON DATABASE %I IS %L', $2::text, shobj_description(oid, 'pg_database'))
FROM source
WHERE shobj_description(oid, 'pg_database') IS NOT NULL
