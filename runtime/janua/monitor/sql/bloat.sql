-- Tables that waste at least $1 bytes, estimated: their pages against those that as many rows of the average width need.
-- Only what ANALYZE has seen, and whose columns' statistics this role may read, can be estimated.
WITH columns AS (
    SELECT c.oid,
           count(*) AS total,
           count(s.attname) AS known,
           sum((1 - s.null_frac) * s.avg_width) AS width,
           bool_or(s.null_frac > 0) AS has_nulls
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_stats s
        ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
    WHERE c.relkind IN ('r', 'm')
      AND n.nspname <> 'information_schema'
      AND n.nspname !~ '^pg_'
    GROUP BY c.oid
), sized AS (
    SELECT c.oid,
           c.relname,
           c.relnamespace,
           c.relpages,
           current_setting('block_size')::int AS page,
           -- A row: its header with the bitmap of NULLs, aligned; its values, aligned; the pointer to it.
           c.reltuples * (
               ceil((23 + CASE WHEN k.has_nulls THEN (k.total + 7) / 8 ELSE 0 END) / 8.0) * 8
               + ceil(k.width / 8) * 8
               + 4
           ) AS bytes,
           coalesce(
               (SELECT option_value::float8 FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), 100
           ) / 100 AS fill
    FROM pg_class c
    JOIN columns k USING (oid)
    WHERE k.known = k.total
      AND c.reltuples >= 0
      AND c.relpages > 0
), estimated AS (
    SELECT *, relpages::bigint * page AS table_bytes, ceil(bytes / ((page - 24) * fill)) * page AS needed_bytes FROM sized
)
SELECT n.nspname::text AS schema,
       e.relname::text AS table,
       e.table_bytes,
       (e.table_bytes - e.needed_bytes)::bigint AS wasted_bytes,
       ((e.table_bytes - e.needed_bytes) / e.table_bytes)::float8 AS wasted
FROM estimated e
JOIN pg_namespace n ON n.oid = e.relnamespace
WHERE e.table_bytes - e.needed_bytes >= $1
ORDER BY wasted_bytes DESC, 1, 2
LIMIT $2
