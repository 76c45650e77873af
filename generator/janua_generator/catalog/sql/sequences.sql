-- Sequences, but for those that identity and serial columns bring with them. $1: the schemas.
SELECT s.schemaname AS schema,
       s.sequencename AS name,
       format('CREATE SEQUENCE %I.%I AS %s START %s INCREMENT %s MINVALUE %s MAXVALUE %s%s',
              s.schemaname, s.sequencename, s.data_type, s.start_value, s.increment_by, s.min_value, s.max_value,
              CASE WHEN s.cycle THEN ' CYCLE' ELSE '' END) AS definition
FROM pg_sequences s
WHERE s.schemaname = ANY($1)
  AND NOT EXISTS (
      SELECT FROM pg_depend d
      LEFT JOIN pg_class c ON c.oid = d.refobjid AND d.deptype = 'a'
      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass
        AND d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass
        AND (d.deptype IN ('i', 'e') OR s.sequencename = format('%s_%s_seq', c.relname, a.attname))
  )
ORDER BY 1, 2
