-- name: rollup
SELECT s, y, count(*) AS n, sum(y) AS total, grouping(s) AS level FROM t GROUP BY ROLLUP (s, y);

-- name: cube_and_sets
SELECT s, y, count(*) AS n FROM t GROUP BY GROUPING SETS ((s), (y), ());

-- name: an_expression_that_is_grouped_by_turns_null_as_a_whole
SELECT coalesce(x, 0) AS x, count(*) AS n FROM t GROUP BY ROLLUP (coalesce(x, 0));

-- name: even_a_constant
SELECT 'all' AS label, count(*) AS n FROM t GROUP BY ROLLUP (1);

-- name: in_a_correlated_subquery
SELECT (SELECT t.y) AS y, count(*) AS n FROM t GROUP BY ROLLUP (y);

-- name: which_set
SELECT lower(s) AS s, grouping(lower(s)) AS is_total, count(*) FROM t GROUP BY ROLLUP (lower(s));
