-- Indexes that are written to and answer no query: what a failed CREATE INDEX CONCURRENTLY leaves, or one being built.
SELECT n.nspname::text AS schema,
       t.relname::text AS table,
       c.relname::text AS index,
       EXISTS (
           SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid AND p.datname = current_database()
       ) AS is_being_built
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE NOT (i.indisvalid AND i.indisready)
  AND n.nspname !~ '^pg_temp'
ORDER BY 1, 2, 3
