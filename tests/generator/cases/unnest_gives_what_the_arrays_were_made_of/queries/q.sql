-- name: one_array
SELECT u.e, x FROM t, unnest(t.a) AS u (e), unnest(ARRAY[1, 2]) AS x;

-- name: counted
SELECT u.e, u.n, x.* FROM t, unnest(t.a) WITH ORDINALITY AS u (e, n), unnest(ARRAY[1]) WITH ORDINALITY AS x;

-- name: arrays_without_nulls
SELECT y, b, c, q, e, f, g, h, i, k
FROM unnest(string_to_array('a,b', ',')) AS y, unnest(enum_range(NULL::mood)) AS b, unnest('{1,2}'::integer[]) AS c,
    unnest(ARRAY(SELECT id FROM t)) AS q, t, unnest(array_remove(t.a, NULL)) AS e, unnest(:ids::uuid[]) AS f,
    unnest(coalesce(:names, '{}'::text[])) AS g, unnest(regexp_split_to_array('a b', ' ')) AS h,
    unnest(ARRAY[1, 2] || 3 || '{4}') AS i, unnest((array_append('{1,2}'::integer[], 5))[1:2]) AS k;

-- name: arrays_with_nulls
SELECT y, b, c, q, e, f, g, h, i
FROM unnest(string_to_array('a,b', ',', 'a')) AS y, unnest('{1,NULL}'::integer[]) AS c, t,
    unnest(ARRAY(SELECT s FROM t)) AS q, unnest(array_remove(t.a, 1)) AS e, unnest(coalesce(t.a, '{}')) AS f,
    unnest(regexp_match('a', '(a)|(b)')) AS g, unnest(ARRAY[1, 2] || NULL::integer) AS h, unnest(ARRAY[t.a, t.a]) AS i,
    unnest(t.a[1:2]) AS b;

-- name: elements_of_domains_and_json
SELECT x, y, i FROM t, unnest(t.d) AS x, unnest(t.js) AS y, unnest(ARRAY['null', '1']::jsonb[]) AS i;

-- name: a_literal_element_is_no_array
SELECT e FROM unnest(ARRAY['null', 'b']) AS e;

-- name: rows_become_columns
SELECT u.a, u.b, o.sole, x.* FROM t, unnest(t.p) AS u, unnest(t.o) AS o, unnest(t.p) WITH ORDINALITY AS x (q, r, n);

-- name: rows_of_a_view_too
SELECT u.a, u.b, e FROM w, unnest(w.p) AS u, unnest(w.a) AS e;

-- name: lexemes_and_ranges
SELECT l.*, r FROM t, unnest(t.v) AS l, unnest(t.m) AS r;
