-- Indexes of tables and materialized views. $1: the schemas.
SELECT n.nspname || '.' || c.relname AS relation,
       x.relname AS name,
       pg_get_indexdef(i.indexrelid) AS definition,
       k.oid IS NOT NULL AS of_constraint,
       x.relispartition AS inherited,
       CASE WHEN i.indisunique THEN jsonb_build_object(
           'name', x.relname,
           'columns', coalesce((
               SELECT jsonb_agg(a.attname ORDER BY p.position)
               FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS p (attnum, position)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.attnum AND a.attnum > 0
               WHERE p.position <= i.indnkeyatts
           ), '[]'),
           'expressions', coalesce((
               SELECT jsonb_agg(pg_get_indexdef(i.indexrelid, p.position::integer, true) ORDER BY p.position)
               FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS p (attnum, position)
               WHERE p.attnum = 0 AND p.position <= i.indnkeyatts
           ), '[]'),
           'primary', i.indisprimary,
           'proves_uniqueness', i.indimmediate AND i.indisvalid
                AND NOT coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false)
                -- where the column's own equality takes for one what the index tells apart
                AND NOT EXISTS (
                    SELECT FROM pg_attribute a
                    JOIN pg_collation l ON l.oid = a.attcollation AND NOT l.collisdeterministic
                    WHERE a.attrelid = i.indrelid AND a.attnum > 0
                      AND (i.indexprs IS NOT NULL OR EXISTS (
                          SELECT FROM unnest(i.indkey::int2[], i.indcollation::oid[]) AS p (attnum, collated_by)
                          WHERE p.attnum = a.attnum AND p.collated_by <> a.attcollation
                      ))
                )
                AND (c.relkind = 'p' OR NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = c.oid)),
           'nulls_not_distinct', i.indnullsnotdistinct,
           'predicate', coalesce(pg_get_expr(i.indpred, i.indrelid), '')
       ) END AS key
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
WHERE n.nspname = ANY($1)
ORDER BY 1, NOT i.indisprimary, 2
