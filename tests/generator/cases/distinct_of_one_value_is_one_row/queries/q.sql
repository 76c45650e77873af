-- name: a_constant
SELECT DISTINCT 1 AS a, :b::text AS b FROM t;

-- name: a_column
SELECT DISTINCT x FROM t;

-- name: of_one_row
SELECT DISTINCT a.x FROM t a, t b WHERE a.id = 2;

-- name: of_a_row_that_may_be_missing
SELECT DISTINCT a.id FROM t b LEFT JOIN t a ON a.id = 2 AND b.x = 1;

-- name: on_a_constant
SELECT DISTINCT ON (a.id) a.id, b.x FROM t a, t b WHERE a.id = 2;

-- name: on_a_name_of_the_list
SELECT DISTINCT ON (id) b.x AS id FROM t a, t b WHERE a.id = 2;

-- name: on_the_first_column
SELECT DISTINCT ON (1) id FROM t;

-- name: sets_of_a_constant
SELECT DISTINCT 1 AS a, generate_series(1, 2) AS g FROM t;

-- name: no_row_at_all
SELECT DISTINCT 1 AS a FROM t WHERE false;

-- name: of_groups
SELECT DISTINCT 1 AS a FROM t GROUP BY x;

-- name: a_random_number
SELECT DISTINCT random() AS r FROM t;
