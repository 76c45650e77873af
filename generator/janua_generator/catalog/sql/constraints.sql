-- Constraints of tables. $1: the schemas. NOT NULL constraints (PostgreSQL 18) are read with the columns.
SELECT n.nspname || '.' || c.relname AS relation,
       k.conname AS name,
       CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
                      WHEN 'c' THEN 'check' ELSE 'exclusion' END AS kind,
       pg_get_constraintdef(k.oid) AS definition,
       k.convalidated AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AS validated,
       k.connoinherit AS no_inherit,
       coalesce(obj_description(k.oid, 'pg_constraint'), '') AS comment,
       k.conparentid <> 0 AS inherited,
       CASE WHEN k.contype = 'f' THEN jsonb_build_object(
           'name', k.conname,
           'columns', (
               SELECT jsonb_agg(a.attname ORDER BY p.position)
               FROM unnest(k.conkey) WITH ORDINALITY AS p (attnum, position)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.attnum
           ),
           'references', fn.nspname || '.' || f.relname,
           'referenced_columns', (
               SELECT jsonb_agg(a.attname ORDER BY p.position)
               FROM unnest(k.confkey) WITH ORDINALITY AS p (attnum, position)
               JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = p.attnum
           ),
           'on_delete', CASE k.confdeltype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict'
                             WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'set default' END,
           'on_update', CASE k.confupdtype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict'
                             WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'set default' END,
           'dependable', k.convalidated AND NOT k.condeferrable
                AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
                AND NOT coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false)
                -- a key on a partitioned table has a part for each partition, which alone need not have the row
                AND NOT (k.conparentid <> 0 AND f.relispartition)
                AND NOT EXISTS (
                    SELECT FROM pg_trigger t
                    JOIN pg_constraint part ON part.oid = t.tgconstraint
                    WHERE k.oid IN (part.oid, part.conparentid) AND t.tgenabled NOT IN ('O', 'A')
                )
                -- a trigger may keep a row from being deleted (8) or changed (16) with the row that it refers to
                AND NOT EXISTS (
                    SELECT FROM pg_trigger t
                    WHERE (t.tgrelid = k.conrelid OR t.tgrelid IN (SELECT relid FROM pg_partition_tree(k.conrelid)))
                        AND NOT t.tgisinternal AND t.tgtype & 3 = 3
                        AND (t.tgtype & 8 <> 0 AND k.confdeltype = 'c'
                            OR t.tgtype & 16 <> 0 AND (k.confdeltype IN ('n', 'd') OR k.confupdtype IN ('c', 'n', 'd')))
                )
       ) END AS foreign_key
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class f ON f.oid = k.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
WHERE n.nspname = ANY($1) AND k.contype IN ('p', 'u', 'f', 'c', 'x')
ORDER BY 1, k.contype DESC, k.conname
