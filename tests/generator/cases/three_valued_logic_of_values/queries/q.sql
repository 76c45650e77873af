-- name: and_or_not
SELECT a AND b AS both, a OR b AS either, NOT a AS negated, NOT b AS sure FROM t;

-- name: operators
SELECT x + 1 AS plus, s || 'x' AS joined, s LIKE 'a' AS alike, x IN (1, 2) AS listed, -x AS minus, x::bigint AS wide FROM t;

-- name: of_proven_operands
SELECT id + 1 AS plus, id::text || 'x' AS joined, id::text LIKE 'a' AS alike, id IN (1, 2) AS listed, -id AS minus FROM t;

-- name: a_list_with_null
SELECT id IN (1, NULL) AS listed, id NOT IN (3, x) AS unlisted FROM t;

-- name: tests
SELECT a IS TRUE AS yes, a IS NOT FALSE AS maybe, a IS UNKNOWN AS unknown, x IS DISTINCT FROM 1 AS other, s IS JSON AS json, s IS NORMALIZED AS normal FROM t;

-- name: a_test_that_the_parser_takes_for_a_name
SELECT id, s IS NFC NORMALIZED AS normal FROM t;
