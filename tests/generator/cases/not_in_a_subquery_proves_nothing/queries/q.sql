-- name: not_in_an_empty_subquery_is_true_for_null
SELECT x FROM t WHERE x NOT IN (SELECT x FROM e);

-- name: parentheses_change_nothing
SELECT x FROM t WHERE x NOT IN ((SELECT x FROM e));

-- name: in_a_subquery_proves_it
SELECT x FROM t WHERE x IN (SELECT id FROM t);

-- name: not_in_a_list_proves_it
SELECT x FROM t WHERE x NOT IN (1, 2);

-- name: the_value_of_in_is_null_where_the_subquery_has_a_null
SELECT id, id IN (SELECT x FROM t) AS among_nullable, id IN (SELECT id FROM t) AS among_others FROM t;

-- name: exists_is_never_null
SELECT EXISTS (SELECT x FROM e) AS has_rows, NOT EXISTS (SELECT NULL) AS has_none FROM t;
