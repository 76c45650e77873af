-- The server's own tables and views, which the migrations have not made: their columns, and which are never NULL.
SELECT n.nspname AS schema,
       c.relname AS name,
       CASE c.relkind WHEN 'r' THEN 'table' ELSE 'view' END AS kind,
       jsonb_agg(jsonb_build_object(
           'name', a.attname,
           'type', format_type(a.atttypid, NULL),
           'declared', format_type(a.atttypid, a.atttypmod),
           'not_null', a.attnotnull
       ) ORDER BY a.attnum) AS columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname IN ('pg_catalog', 'information_schema')
  AND c.relkind IN ('r', 'v')
  AND c.oid < 16384
  AND a.attnum > 0
  AND NOT a.attisdropped
GROUP BY 1, 2, 3
