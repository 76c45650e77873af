-- Tables, views and their columns. $1: the schemas.
WITH RECURSIVE relation AS (
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relhasrules, c.relispartition, c.relpartbound
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY($1)
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND NOT EXISTS (
          SELECT FROM pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
      )
),
-- every table that a query on the ancestor reads rows of, itself included
family AS (
    SELECT oid AS ancestor, oid AS member FROM relation
    UNION
    SELECT f.ancestor, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.member
),
-- a NOT NULL that was added NOT VALID promises nothing about old rows (PostgreSQL 18)
unproven AS (
    SELECT k.conrelid, unnest(k.conkey) AS attnum
    FROM pg_constraint k
    WHERE k.contype = 'n' AND NOT k.convalidated
),
nullable_somewhere AS (
    SELECT f.ancestor, a.attname
    FROM family f
    JOIN pg_attribute a ON a.attrelid = f.member AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN unproven u ON u.conrelid = a.attrelid AND u.attnum = a.attnum
    JOIN pg_class m ON m.oid = f.member
    WHERE NOT a.attnotnull OR u.attnum IS NOT NULL OR m.relkind = 'f'
    GROUP BY 1, 2
)
SELECT r.nspname AS schema,
       r.relname AS name,
       CASE r.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END AS kind,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object(
               'name', a.attname,
               'type', format_type(a.atttypid, NULL),
               'declared', format_type(a.atttypid, a.atttypmod),
               'not_null', r.relkind IN ('r', 'p') AND n.attname IS NULL,
               'default', coalesce(pg_get_expr(d.adbin, d.adrelid), ''),
               'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' ELSE '' END,
               'generated', CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' ELSE '' END,
               'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text
                                 ELSE '' END,
               'comment', coalesce(col_description(a.attrelid, a.attnum), '')
           ) ORDER BY a.attnum)
           FROM pg_attribute a
           JOIN pg_type t ON t.oid = a.atttypid
           LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
           LEFT JOIN nullable_somewhere n ON n.ancestor = a.attrelid AND n.attname = a.attname
           WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
       ), '[]') AS columns,
       EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = r.oid AND w.rulename <> '_RETURN') AS has_rules,
       r.relrowsecurity AS row_security,
       ARRAY(
           SELECT pn.nspname || '.' || p.relname
           FROM pg_inherits i
           JOIN pg_class p ON p.oid = i.inhparent
           JOIN pg_namespace pn ON pn.oid = p.relnamespace
           WHERE i.inhrelid = r.oid
           ORDER BY i.inhseqno
       ) AS parents,
       ARRAY(
           SELECT cn.nspname || '.' || c.relname
           FROM pg_inherits i
           JOIN pg_class c ON c.oid = i.inhrelid
           JOIN pg_namespace cn ON cn.oid = c.relnamespace
           WHERE i.inhparent = r.oid
           ORDER BY 1
       ) AS children,
       coalesce(CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END, '') AS partition_key,
       coalesce(pg_get_expr(r.relpartbound, r.oid), '') AS partition_bound,
       coalesce(CASE WHEN r.relkind IN ('v', 'm') THEN pg_get_viewdef(r.oid) END, '') AS definition,
       coalesce(obj_description(r.oid, 'pg_class'), '') AS comment
FROM relation r
ORDER BY 1, 2
