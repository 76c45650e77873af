-- name: row_values
SELECT (x, 1) = (1, 1) AS pairs, ROW(x, 1) = ROW(1, 1) AS rows, ROW(id, 1) < ROW(2, 2) AS proven FROM t;

-- name: row_membership
SELECT (x, 1) IN ((1, 1), (2, 2)) AS listed, ROW(x, 1) IN (ROW(1, 1)) AS rows, ROW(x, 1) BETWEEN ROW(1, 1) AND ROW(9, 9) AS within FROM t;

-- name: a_row_comparison_proves_nothing
SELECT x FROM t WHERE (id, x) < (2, 5);

-- name: a_composite_is_not_null_only_where_all_its_fields_are
SELECT pair FROM p WHERE pair IS NOT NULL;

-- name: a_composite_that_is_not_not_null_may_be_null
SELECT pair, pair IS NULL AS has_nothing FROM p WHERE NOT (pair IS NOT NULL);

-- name: its_fields_may_be_null
SELECT (pair).a AS a FROM p WHERE NOT (pair IS NULL);
