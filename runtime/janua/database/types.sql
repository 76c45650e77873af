-- What this database knows about the types that $1 names, in that order.
-- A name that it does not know has a NULL oid.
WITH RECURSIVE wanted AS (
    SELECT name, position, to_regtype(name)::oid AS oid
    FROM unnest($1::text[]) WITH ORDINALITY AS names (name, position)
),
bases AS (
    SELECT t.oid AS start, t.oid, t.typtype, t.typbasetype
    FROM pg_catalog.pg_type t
    WHERE t.oid IN (SELECT oid FROM wanted)
    UNION ALL
    SELECT b.start, t.oid, t.typtype, t.typbasetype
    FROM bases b
    JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype
    WHERE b.typtype = 'd'
)
SELECT
    w.name,
    t.oid,
    t.typarray AS array_oid,
    t.typdelim::text AS delimiter,
    t.typtype::text AS kind,
    coalesce(s.prosrc = 'textsend', false) AS sends_text,
    b.oid AS base_oid,
    r.rngsubtype AS subtype_oid,
    m.oid AS multirange_oid,
    m.typarray AS multirange_array_oid,
    coalesce(f.names, '{}') AS field_names,
    coalesce(f.oids, '{}') AS field_oids,
    coalesce(f.types, '{}') AS field_types
FROM wanted w
LEFT JOIN pg_catalog.pg_type t ON t.oid = w.oid
LEFT JOIN pg_catalog.pg_proc s ON s.oid = t.typsend
LEFT JOIN bases b ON b.start = t.oid AND b.typtype <> 'd'
LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid
LEFT JOIN LATERAL (
    SELECT
        array_agg(a.attname::text ORDER BY a.attnum) AS names,
        array_agg(a.atttypid ORDER BY a.attnum) AS oids,
        array_agg(format_type(a.atttypid, NULL) ORDER BY a.attnum) AS types
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
) f ON true
ORDER BY w.position
