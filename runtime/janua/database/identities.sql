-- Which types the names of $1 and the OIDs of $2 stand for. A name that the database does not know has a NULL oid.
-- "wire_oid" is the type as values of it travel: a domain's base, and an array of that for an array of a domain.
WITH RECURSIVE wanted AS (
    SELECT name, to_regtype(name)::oid AS oid FROM unnest($1::text[]) AS name
    UNION ALL
    SELECT '', oid FROM unnest($2::oid[]) AS oid
),
steps AS (
    SELECT DISTINCT oid AS start, oid, false AS is_array FROM wanted
    UNION ALL
    SELECT s.start, CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END, s.is_array OR t.typtype <> 'd'
    FROM steps s
    JOIN pg_catalog.pg_type t ON t.oid = s.oid
    WHERE t.typtype = 'd' OR (t.typelem <> 0 AND t.typlen = -1)
),
wires AS (
    SELECT s.start, CASE WHEN s.is_array THEN t.typarray ELSE t.oid END AS oid
    FROM steps s
    JOIN pg_catalog.pg_type t ON t.oid = s.oid
    WHERE t.typtype <> 'd' AND (t.typelem = 0 OR t.typlen <> -1)
)
SELECT w.name, w.oid, wires.oid AS wire_oid, coalesce(format_type(w.oid, NULL), '') AS spelling
FROM wanted w
LEFT JOIN wires ON wires.start = w.oid
