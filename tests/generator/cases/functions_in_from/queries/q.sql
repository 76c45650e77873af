-- name: generate_series_gives_no_null
SELECT g, s.n FROM generate_series(1, 3) g, generate_series(1, :n) AS s (n);

-- name: unnest_may_give_null
SELECT u.e, u.n FROM t, unnest(t.a) WITH ORDINALITY AS u (e, n);

-- name: rows_from_pads_with_null
SELECT g.a, g.b FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS g (a, b);

-- name: table_functions
SELECT p.a, p.b FROM pairs(1) p;

-- name: out_parameters_give_one_row
SELECT o.a, o.b FROM one_pair(1) o;

-- name: scalar_functions
SELECT n FROM number(1) AS n;

-- name: setof_a_table_promises_nothing_of_its_columns
SELECT r.id, r.a FROM rows_of_t() r;

-- name: one_row_for_each_row
SELECT t.id, o.b FROM t, one_pair(t.x) o;

-- name: grouped_by_what_differs_from_row_to_row
SELECT o.a, count(*) AS n FROM t, one_pair(t.id) o GROUP BY o.a;

-- name: fields_of_the_only_column
SELECT * FROM one_row_alone();
