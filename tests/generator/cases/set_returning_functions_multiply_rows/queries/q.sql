-- name: in_the_select_list
SELECT 1 AS n, generate_series(1, 3) AS g;

-- name: sorted_by
SELECT 1 AS n ORDER BY generate_series(1, 3);

-- name: in_values_of_an_insert
INSERT INTO t (id) VALUES (generate_series(5, 7)) RETURNING id;

-- name: of_different_lengths
SELECT id, generate_series(1, 2) AS a, unnest('{1,2,3}'::integer[]) AS b FROM t WHERE id = 1;

-- name: with_an_aggregate
SELECT count(*) AS n, generate_series(1, 2) AS g FROM t;
