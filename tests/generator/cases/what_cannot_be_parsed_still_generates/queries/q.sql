-- name: at_local
SELECT id, now() AT LOCAL AS moment FROM t WHERE id = :id;

-- name: sampled
SELECT id, y FROM t TABLESAMPLE SYSTEM (100);

-- name: operators_that_begin_like_a_placeholder
SELECT id, box '(1,1),(0,0)' ?# box '(2,2),(0,0)' AS meet FROM t;

-- name: what_is_nested_may_be_absent
SELECT a.id AS "a.id", a.y AS "a.y", now() AT LOCAL AS moment FROM t a;
