-- Functions and procedures in all schemas but the server's own, except those in C that an extension brings and
-- that are no triggers: of these only names are known.
SELECT p.oid::int8 AS oid,
       n.nspname AS schema,
       p.proname AS name,
       l.lanname AS language,
       p.prokind = 'a' AS aggregate,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
       CASE WHEN l.lanname IN ('c', 'internal') THEN '' ELSE coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) END AS text,
       -- `row.name` calls it too
       EXISTS (SELECT FROM pg_type t WHERE t.oid = p.proargtypes[0] AND t.typtype IN ('c', 'p')) AS takes_row,
       ARRAY(
           SELECT DISTINCT d.refobjid::int8 FROM pg_depend d
           WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass
           ORDER BY 1
       ) AS relations,
       ARRAY(
           SELECT DISTINCT coalesce(o.oprcode, d.refobjid)::int8
           FROM pg_depend d
           LEFT JOIN pg_operator o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
           WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
             AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)
           ORDER BY 1
       ) AS functions,
       ARRAY(
           SELECT DISTINCT d.refobjid::int8 FROM pg_depend d
           WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_type'::regclass
           ORDER BY 1
       ) AS types
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT (l.lanname IN ('c', 'internal') AND p.prorettype <> 'trigger'::regtype AND EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i')
  ))
ORDER BY 2, 3, 1
