-- The $1 largest tables; partitions count with their table.
WITH folded AS (
    SELECT coalesce(pg_partition_root(c.oid), c.oid::regclass) AS root,
           count(*) FILTER (WHERE c.relispartition AND c.relkind = 'r') AS partitions,
           sum(pg_total_relation_size(c.oid))::bigint AS total_bytes,
           sum(pg_table_size(c.oid))::bigint AS table_bytes,
           sum(pg_indexes_size(c.oid))::bigint AS index_bytes,
           -- -1 is a table of which nothing is known yet.
           sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind <> 'p') AS rows,
           sum(coalesce(s.n_dead_tup, 0))::bigint AS dead_rows,
           max(greatest(s.last_vacuum, s.last_autovacuum)) AS last_vacuum,
           max(greatest(s.last_analyze, s.last_autoanalyze)) AS last_analyze
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
    WHERE c.relkind IN ('r', 'm', 'p')
      AND n.nspname <> 'information_schema'
      AND n.nspname !~ '^pg_'
    GROUP BY 1
)
SELECT n.nspname::text AS schema,
       c.relname::text AS table,
       f.partitions,
       f.total_bytes,
       f.table_bytes,
       f.index_bytes,
       coalesce(f.rows, 0)::bigint AS rows,
       f.dead_rows,
       f.last_vacuum,
       f.last_analyze
FROM folded f
JOIN pg_class c ON c.oid = f.root
JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY f.total_bytes DESC, 1, 2
LIMIT $1
