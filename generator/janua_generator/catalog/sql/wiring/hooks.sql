-- Functions that are called without being named: by operators, casts, and what sorts, hashes and indexes.
-- Types of the server's own have more names than one; a cast to a type is told by the first word of its name.
WITH names AS (
    SELECT t.oid AS type, t.typname::text AS name FROM pg_type t
    UNION
    SELECT to_regtype(a.name), split_part(a.name, ' ', 1)
    FROM unnest(ARRAY[
        'int', 'integer', 'smallint', 'bigint', 'real', 'float', 'double precision', 'dec', 'decimal', 'boolean', 'bit',
        'bit varying', 'char', 'nchar', 'character', 'character varying', 'national character varying', 'time',
        'time with time zone', 'timestamp', 'timestamp with time zone'
    ]) AS a (name)
)
SELECT 'operator' AS kind, o.oprname::text AS name, o.oprcode::int8 AS function
FROM pg_operator o
WHERE o.oprcode >= 16384
UNION ALL
SELECT 'cast', n.name, c.castfunc::int8
FROM pg_cast c
JOIN names n ON n.type = c.casttarget
WHERE c.castfunc >= 16384 AND c.castcontext = 'e'
UNION ALL
SELECT 'silent', '', c.castfunc::int8 FROM pg_cast c WHERE c.castfunc >= 16384 AND c.castcontext <> 'e'
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
