-- Functions and procedures. $1: the schemas.
SELECT n.nspname AS schema,
       p.proname AS name,
       CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'
                      ELSE 'window' END AS kind,
       pg_get_function_identity_arguments(p.oid) AS arguments,
       coalesce(pg_get_function_result(p.oid), '') AS result,
       p.proretset AS returns_set,
       p.proisstrict AS strict,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
       l.lanname AS language,
       CASE WHEN p.prokind = 'a' THEN '' ELSE pg_get_functiondef(p.oid) END AS definition,
       CASE WHEN l.lanname = 'sql' THEN coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) ELSE '' END AS body,
       coalesce((
           SELECT jsonb_agg(jsonb_build_array(coalesce(o.name, ''), format_type(o.type, NULL)) ORDER BY o.position)
           FROM unnest(p.proallargtypes, p.proargmodes, p.proargnames) WITH ORDINALITY AS o (type, mode, name, position)
           WHERE o.mode IN ('o', 'b', 't')
       ), (
           SELECT jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, NULL)) ORDER BY a.attnum)
           FROM pg_type rt
           JOIN pg_attribute a ON a.attrelid = rt.typrelid AND a.attnum > 0 AND NOT a.attisdropped
           WHERE rt.oid = p.prorettype AND rt.typtype = 'c'
       ), '[]') AS output,
       coalesce(obj_description(p.oid, 'pg_proc'), '') AS comment
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname = ANY($1)
  AND NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i')
  )
ORDER BY 1, 2, 4
