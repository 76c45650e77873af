-- Which of the columns $2 (attnum) of the tables $1 (oid) may hold NULL, a NOT NULL that is NOT VALID included.
SELECT a.attrelid::int8 AS relation, a.attnum::int4 AS number
FROM unnest($1::int8[], $2::int4[]) AS asked (relation, number)
JOIN pg_catalog.pg_attribute a ON a.attrelid = asked.relation::oid AND a.attnum = asked.number
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE NOT (t.typtype = 'd' AND t.typnotnull)
  AND (NOT a.attnotnull OR EXISTS (
      SELECT FROM pg_catalog.pg_constraint k
      WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND NOT k.convalidated AND a.attnum = ANY (k.conkey)))
