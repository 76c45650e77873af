-- name: of_one_column
SELECT a, b FROM t;

-- name: of_several
SELECT c, d, e, f FROM t;

-- name: tests_that_are_never_null_themselves
SELECT g, h, i, j, k FROM t;

-- name: not_valid
SELECT x FROM t;

-- name: without_children
SELECT a, b FROM parent;

-- name: partitions
SELECT a FROM parts;

-- name: after_a_trigger
INSERT INTO parts (id, a) VALUES (:id, NULL) RETURNING a;

-- name: through_a_view
SELECT a, b FROM v;

-- name: extended_by_a_join
SELECT t.a FROM parent LEFT JOIN t ON t.id = parent.id + 1;

-- name: either_is_there
SELECT coalesce(e, f) AS either FROM t;
