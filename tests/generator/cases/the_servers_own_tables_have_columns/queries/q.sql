-- name: columns_of_tables
SELECT c.relname, a.attname, d.adbin IS NOT NULL AS has_default, d.oid, c.reltuples::bigint AS estimate, c.relacl
FROM pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relname = 'kept';

-- name: activity
SELECT pid, state, now() - query_start AS age FROM pg_stat_activity WHERE pid = pg_backend_pid() AND query_start IS NOT NULL;

-- name: beside_others
SELECT k.name, c.relname FROM kept k LEFT JOIN pg_class c ON c.relname = k.name;

-- name: described
SELECT table_name, is_nullable FROM information_schema.columns WHERE table_name = 'kept';

-- name: of_ones_own
SELECT relname FROM pg_names;
