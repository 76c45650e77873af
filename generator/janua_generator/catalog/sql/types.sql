-- Every type a query could return or take, built-in ones included.
SELECT t.oid::int8 AS oid,
       format_type(t.oid, NULL) AS name,
       n.nspname AS schema,
       t.typname,
       CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc
                THEN 'array'
            ELSE CASE t.typtype WHEN 'b' THEN 'base' WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain'
                                WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range' WHEN 'm' THEN 'multirange'
                                ELSE 'pseudo' END
       END AS kind,
       n.nspname = 'pg_catalog' AS builtin,
       coalesce(e.extname, '') AS extension,
       CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN format_type(t.typelem, NULL) ELSE '' END AS element,
       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, NULL) ELSE '' END AS base,
       t.typtype = 'd' AND t.typnotnull AS not_null,
       coalesce(format_type(coalesce(r.rngsubtype, m.rngsubtype), NULL), '') AS subtype,
       CASE WHEN t.typtype = 'e' THEN ARRAY(
           SELECT l.enumlabel::text FROM pg_enum l WHERE l.enumtypid = t.oid ORDER BY l.enumsortorder
       ) ELSE '{}' END AS labels,
       CASE WHEN t.typtype = 'c' THEN coalesce((
           SELECT jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, NULL)) ORDER BY a.attnum)
           FROM pg_attribute a
           WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
       ), '[]') ELSE '[]' END AS fields,
       CASE WHEN c.relkind <> 'c' THEN n.nspname || '.' || c.relname ELSE '' END AS relation,
       CASE WHEN t.typtype = 'd' THEN concat_ws(' ',
                'AS', format_type(t.typbasetype, t.typtypmod),
                CASE WHEN t.typdefault IS NOT NULL THEN 'DEFAULT ' || t.typdefault END,
                CASE WHEN t.typnotnull THEN 'NOT NULL' END,
                (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname)
                 FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
            WHEN t.typtype = 'r' THEN format('AS RANGE (subtype = %s)', format_type(r.rngsubtype, NULL))
            ELSE '' END AS definition,
       CASE WHEN t.typdelim <> ',' THEN t.typdelim::text ELSE '' END AS delimiter,
       CASE WHEN t.typtype = 'r' THEN format_type(r.rngmultitypid, NULL) ELSE '' END AS multirange,
       coalesce(obj_description(t.oid, 'pg_type'), '') AS comment
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_range m ON m.rngmultitypid = t.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
LEFT JOIN pg_extension e ON e.oid = d.refobjid
WHERE n.nspname NOT IN ('information_schema', 'pg_toast')
  AND (n.nspname <> 'pg_catalog' OR t.typtype <> 'c')
  AND NOT (n.nspname = 'pg_catalog' AND t.typcategory = 'A' AND EXISTS (
      SELECT FROM pg_type et WHERE et.oid = t.typelem AND et.typtype = 'c'))
ORDER BY 3, 4
