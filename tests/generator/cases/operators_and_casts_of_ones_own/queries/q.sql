-- name: an_equality_that_is_not_strict
SELECT x FROM t WHERE x = s;

-- name: nothing_is_known_of_its_value
SELECT id = 1 AS first FROM t;

-- name: written_as_an_operator_of_shapes_is
SELECT 1 ~= 1 AS same;

-- name: refuses_no_null_either
SELECT x FROM t WHERE x ~= 1;
