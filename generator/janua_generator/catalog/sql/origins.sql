-- Which relation and column an origin (relation OID, attribute number) in a row description means.
SELECT c.oid::int8 AS relation_oid, a.attnum::int4 AS attnum, n.nspname || '.' || c.relname AS relation, a.attname AS column
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = ANY($1)
