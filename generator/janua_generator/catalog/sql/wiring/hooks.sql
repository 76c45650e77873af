-- Functions that are called without being named: by operators, casts, and what sorts, hashes and indexes.
SELECT 'operator' AS kind, o.oprname::text AS name, o.oprcode::int8 AS function
FROM pg_operator o
WHERE o.oprcode >= 16384
UNION ALL
SELECT CASE c.castcontext WHEN 'e' THEN 'cast' ELSE 'silent' END, t.typname::text, c.castfunc::int8
FROM pg_cast c
JOIN pg_type t ON t.oid = c.casttarget
WHERE c.castfunc >= 16384
UNION ALL
SELECT 'silent', '', p.amproc::int8 FROM pg_amproc p WHERE p.amproc >= 16384
UNION ALL
SELECT 'silent', '', o.oprcode::int8
FROM pg_amop a
JOIN pg_operator o ON o.oid = a.amopopr
WHERE o.oprcode >= 16384
UNION ALL
SELECT 'silent', '', r.rngsubdiff::int8 FROM pg_range r WHERE r.rngsubdiff >= 16384
ORDER BY 1, 2, 3
