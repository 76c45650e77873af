-- The types that a domain's checks hide behind: domains, and what is made of other types.
SELECT t.oid::int8 AS oid,
       t.typname AS name,
       t.typtype = 'd' AS is_domain,
       CASE WHEN t.typtype = 'd' THEN ARRAY[t.typbasetype::int8]
            WHEN t.typtype = 'c' THEN ARRAY(SELECT DISTINCT a.atttypid::int8 FROM pg_attribute a
                                            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND a.atttypid >= 16384)
            WHEN t.typtype = 'r' THEN ARRAY(SELECT r.rngsubtype::int8 FROM pg_range r WHERE r.rngtypid = t.oid)
            WHEN t.typelem >= 16384 THEN ARRAY[t.typelem::int8]
            ELSE '{}' END AS parts
FROM pg_type t
WHERE t.oid >= 16384 AND t.typtype IN ('b', 'd', 'c', 'r')
ORDER BY 2, 1
