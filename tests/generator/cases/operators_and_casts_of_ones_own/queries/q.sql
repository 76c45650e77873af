-- name: an_equality_that_is_not_strict
SELECT x FROM t WHERE x = s;

-- name: nothing_is_known_of_its_value
SELECT id = 1 AS first FROM t;
