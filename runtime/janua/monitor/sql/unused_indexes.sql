-- Indexes that were scanned at most $1 times since the statistics were reset, and that guarantee nothing.
-- An index of a partitioned table counts as one, with all its partitions.
WITH folded AS (
    SELECT coalesce(pg_partition_root(s.indexrelid), s.indexrelid::regclass) AS index,
           sum(pg_relation_size(s.indexrelid))::bigint AS size_bytes,
           sum(s.idx_scan)::bigint AS scans,
           -- Known from PostgreSQL 16 on.
           max((to_jsonb(s) ->> 'last_idx_scan')::timestamptz) AS last_scan
    FROM pg_stat_user_indexes s
    GROUP BY 1
)
SELECT n.nspname::text AS schema,
       t.relname::text AS table,
       c.relname::text AS index,
       f.size_bytes,
       f.scans,
       f.last_scan
FROM folded f
JOIN pg_class c ON c.oid = f.index
JOIN pg_index i ON i.indexrelid = f.index
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE f.scans <= $1
  AND i.indisvalid
  AND NOT i.indisunique
  AND NOT i.indisexclusion
  AND NOT i.indisreplident
ORDER BY f.size_bytes DESC, 1, 2, 3
