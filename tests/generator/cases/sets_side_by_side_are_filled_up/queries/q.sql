-- name: several_arrays_fill_up
SELECT u.* FROM unnest(ARRAY[1, 2], ARRAY['a'], '{}'::uuid[]) AS u (a, b, c);

-- name: rows_from
SELECT r.* FROM ROWS FROM (generate_series(1, 2), jsonb_to_recordset('[{}]') AS (a integer, b text)) WITH ORDINALITY AS r (g, a, b, n);

-- name: rows_from_one
SELECT r.* FROM ROWS FROM (generate_series(1, 2)) WITH ORDINALITY AS r;

-- name: in_a_select_list
SELECT generate_series(1, id) AS g FROM t;

-- name: elements_in_a_select_list
SELECT unnest(a) AS e FROM t;

-- name: sure_elements_in_a_select_list
SELECT unnest(ARRAY[1, 2]) AS e, t.id FROM t;

-- name: side_by_side_in_a_select_list
SELECT generate_series(1, 2) AS a, jsonb_object_keys('{"a": 1}') AS b FROM t;

-- name: fields_in_a_select_list
SELECT (jsonb_each_text('{"a": null}')).key FROM t;

-- name: values_in_a_select_list
SELECT (jsonb_each_text('{"a": null}')).value FROM t;

-- name: keys_and_values_side_by_side
SELECT (json_each('{"a": null}')).key, (json_each('{}')).value FROM t;

-- name: rows_in_a_select_list
SELECT jsonb_each('{"a": 1}') AS e FROM t;

-- name: grouped_sets
SELECT generate_series(1, 2) AS g, count(*) AS n FROM t GROUP BY ROLLUP (1);

-- name: extended_by_a_left_join
SELECT t.id, e, u.k, u.v FROM t LEFT JOIN LATERAL unnest(t.a) AS e ON true LEFT JOIN jsonb_each(t.j) AS u (k, v) ON false;
