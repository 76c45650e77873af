-- name: constructors
SELECT concat(s, x) AS joined, concat_ws(',', s, x) AS separated, concat_ws(s, 'a') AS by_null, quote_nullable(s) AS quoted,
    num_nulls(s, x) AS nulls, jsonb_build_object('a', x) AS object, ROW(s, x) AS record, ARRAY[x] AS list, ARRAY(SELECT x) AS rows FROM t;

-- name: variadic_arrays_may_be_null
SELECT concat(VARIADIC NULL::text[]) AS joined, num_nulls(VARIADIC NULL::integer[]) AS nulls FROM t;

-- name: random_with_bounds_is_strict
SELECT random() >= 0 AS plain, random(x, 5) AS bounded FROM t;
