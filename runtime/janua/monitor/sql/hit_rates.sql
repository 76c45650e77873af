-- The part of block reads that PostgreSQL's own memory answered. NULL where nothing was read.
SELECT (sum(heap_blks_hit) / nullif(sum(heap_blks_hit + heap_blks_read), 0))::float8 AS tables,
       (sum(idx_blks_hit) / nullif(sum(idx_blks_hit + idx_blks_read), 0))::float8 AS indexes
FROM pg_statio_user_tables
