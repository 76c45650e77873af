-- Indexes, of one table where $table is given, with whether they are valid and whether a session is building them.
SELECT c.oid::bigint, n.nspname, c.relname, i.indisvalid,
       EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = c.oid AND p.datname = current_database())
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE %(table)s::text IS NULL AND NOT i.indisvalid OR i.indrelid = to_regclass(%(table)s::text)
