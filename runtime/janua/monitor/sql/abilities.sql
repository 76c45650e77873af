-- What the other questions may ask on this server, as this role.
SELECT current_user::text AS role,
       pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
       (
           SELECT quote_ident(n.nspname)
           FROM pg_extension e
           JOIN pg_namespace n ON n.oid = e.extnamespace
           WHERE e.extname = 'pg_stat_statements'
       ) AS statements_schema
