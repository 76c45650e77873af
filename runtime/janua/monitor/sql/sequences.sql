-- Sequences that have used $1 (a part of 1) or more of their numbers, or of those that their column can hold.
SELECT n.nspname::text AS schema,
       c.relname::text AS sequence,
       coalesce(owner.attrelid::regclass::text, '') AS table,
       coalesce(owner.attname::text, '') AS column,
       s.last_value,
       bounds.last AS limit,
       used.part AS used
FROM pg_sequences s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.sequencename
LEFT JOIN LATERAL (
    SELECT a.attrelid, a.attname, a.atttypid
    FROM pg_depend d
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass
      AND d.objid = c.oid
      AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i')
    LIMIT 1
) AS owner ON true
CROSS JOIN LATERAL (
    SELECT CASE owner.atttypid
               WHEN 'int2'::regtype THEN 32767
               WHEN 'int4'::regtype THEN 2147483647
               ELSE 9223372036854775807
           END AS most
) AS type
CROSS JOIN LATERAL (
    SELECT CASE WHEN s.increment_by > 0 THEN least(s.max_value, type.most)
                ELSE greatest(s.min_value, -type.most - 1)
           END AS last
) AS bounds
CROSS JOIN LATERAL (
    SELECT least(1, greatest(0, (s.last_value::numeric - s.start_value + s.increment_by)
        / nullif(bounds.last::numeric - s.start_value + s.increment_by, 0)))::float8 AS part
) AS used
WHERE NOT s.cycle
  AND used.part >= $1
ORDER BY used DESC, 1, 2
