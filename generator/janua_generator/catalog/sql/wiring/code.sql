-- What is stored in the schema and runs when its owner (a relation, a domain) is used: the queries of views, rules,
-- policies, defaults, checks, expressions of indexes and partition keys; and which relations, functions and types
-- each depends on. Those of the server itself are pinned and not listed: they show in the text alone.
WITH code AS (
    SELECT 'pg_rewrite'::regclass AS classid, w.oid AS objid, w.ev_class AS owner,
           CASE w.ev_type WHEN '1' THEN 'view' ELSE 'rule' END AS kind,
           CASE w.ev_type WHEN '2' THEN 'update' WHEN '3' THEN 'insert' WHEN '4' THEN 'delete' ELSE '' END AS event,
           w.is_instead AND w.ev_type <> '1' AS instead,
           CASE w.ev_type WHEN '1' THEN pg_get_viewdef(w.ev_class) ELSE pg_get_ruledef(w.oid) END AS text
    FROM pg_rewrite w
    WHERE w.oid >= 16384 AND w.ev_enabled <> 'D'
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid, d.adrelid, 'value', '', false, pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attrdef d
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid, coalesce(nullif(k.conrelid, 0), k.contypid),
           CASE WHEN k.contypid <> 0 THEN 'domain' ELSE 'value' END, '', false, pg_get_constraintdef(k.oid)
    FROM pg_constraint k
    WHERE k.contype IN ('c', 'x') AND k.oid >= 16384
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid, i.indrelid, 'value', '', false, pg_get_indexdef(i.indexrelid)
    FROM pg_index i
    WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL) AND i.indexrelid >= 16384
    UNION ALL
    SELECT 'pg_class'::regclass, p.partrelid, p.partrelid, 'value', '', false, pg_get_partkeydef(p.partrelid)
    FROM pg_partitioned_table p
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid, p.polrelid, 'policy', '', false,
           concat_ws(' AND ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy p
)
SELECT c.owner::int8 AS owner, c.kind, c.event, c.instead, coalesce(c.text, '') AS text,
       ARRAY(
           SELECT DISTINCT d.refobjid::int8 FROM pg_depend d
           WHERE d.classid = c.classid AND d.objid = c.objid AND d.refclassid = 'pg_class'::regclass
             -- an expression reads none; a partition or an index depends on its table
             AND d.refobjid <> c.owner AND c.kind <> 'value'
           ORDER BY 1
       ) AS relations,
       ARRAY(
           SELECT DISTINCT coalesce(o.oprcode, d.refobjid)::int8
           FROM pg_depend d
           LEFT JOIN pg_operator o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
           WHERE d.classid = c.classid AND d.objid = c.objid
             AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)
           ORDER BY 1
       ) AS functions,
       ARRAY(
           SELECT DISTINCT d.refobjid::int8 FROM pg_depend d
           WHERE d.classid = c.classid AND d.objid = c.objid AND d.refclassid = 'pg_type'::regclass
           ORDER BY 1
       ) AS types
FROM code c
ORDER BY 1, 2, 3, 5
