-- name: not_all_of_nothing_is_true_for_null
SELECT x FROM t WHERE x <> ALL (ARRAY[]::integer[]);

-- name: not_some_of_nothing_is_true_for_null
SELECT x FROM t WHERE NOT (x = SOME (ARRAY[]::integer[]));

-- name: not_any_of_nothing_is_true_for_null
SELECT x FROM t WHERE NOT (x = ANY ('{}'));

-- name: like_all_of_nothing
SELECT s FROM t WHERE s NOT LIKE ALL (ARRAY[]::text[]);

-- name: any_proves_its_operand
SELECT x FROM t WHERE x = ANY (:ids);

-- name: some_proves_its_operand
SELECT x FROM t WHERE x < SOME (ARRAY[1, 9]);

-- name: the_value_meets_the_elements_nulls
SELECT id = ANY (ARRAY[1, NULL]) AS any_of, id = ANY ('{1}') AS any_literal, id <> ALL (SELECT id FROM t) AS all_of FROM t;
