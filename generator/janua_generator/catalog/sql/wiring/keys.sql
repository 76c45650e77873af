-- Foreign keys, and what they do when a referenced row is deleted or changed. Partitions have their own.
SELECT k.conrelid::int8 AS relation,
       k.confrelid::int8 AS referenced,
       CASE k.confdeltype WHEN 'c' THEN 'delete' WHEN 'n' THEN 'update' WHEN 'd' THEN 'update' ELSE '' END AS on_delete,
       k.confupdtype IN ('c', 'n', 'd') AS on_update,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)) AS columns,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = k.confrelid AND a.attnum = ANY(k.confkey)) AS referenced_columns
FROM pg_constraint k
WHERE k.contype = 'f'
ORDER BY 1, 2
