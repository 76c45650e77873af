-- name: union_is_nullable_where_either_side_is
SELECT y AS a, x AS b FROM t UNION ALL SELECT y, y FROM t;

-- name: intersect_is_nullable_where_both_sides_are
SELECT x AS a FROM t INTERSECT SELECT y FROM t;

-- name: except_is_what_the_left_side_is
SELECT y AS a FROM t EXCEPT SELECT x FROM t;

-- name: intersect_binds_closer_than_union
SELECT x AS a FROM t UNION SELECT x FROM t INTERSECT SELECT y FROM t;

-- name: values_with_a_null
SELECT column1, column2 FROM (VALUES (1, 'a'), (2, NULL)) AS v;

-- name: a_cte_reaches_both_sides
WITH t AS (SELECT NULL::integer AS y) SELECT 1 AS y UNION ALL SELECT y FROM t;
