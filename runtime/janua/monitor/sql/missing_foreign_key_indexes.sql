-- Foreign keys without an index that begins with their columns: each DELETE of a referenced row reads the whole table.
SELECT n.nspname::text AS schema,
       t.relname::text AS table,
       k.conname::text AS constraint,
       columns.names AS columns,
       k.confrelid::regclass::text AS references,
       coalesce(
           (SELECT sum(pg_table_size(relid)) FROM pg_partition_tree(t.oid)),
           pg_table_size(t.oid)
       )::bigint AS table_bytes
FROM pg_constraint k
JOIN pg_class t ON t.oid = k.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
CROSS JOIN LATERAL (
    SELECT array_agg(a.attname::text ORDER BY c.position) AS names
    FROM unnest(k.conkey) WITH ORDINALITY AS c (attnum, position)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.attnum
) AS columns
WHERE k.contype = 'f'
  -- A partition's foreign key goes with that of its parent.
  AND k.conparentid = 0
  AND NOT EXISTS (
      SELECT
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      JOIN pg_am m ON m.oid = c.relam
      WHERE i.indrelid = k.conrelid
        AND i.indisvalid
        AND m.amname IN ('btree', 'hash', 'gist')
        AND i.indnkeyatts >= cardinality(k.conkey)
        AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
        -- A reference that is NULL refers to nothing.
        AND (
            i.indpred IS NULL
            OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', columns.names[1])
        )
  )
ORDER BY table_bytes DESC, 1, 2, 3
