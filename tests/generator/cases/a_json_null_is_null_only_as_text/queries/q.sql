-- name: elements_of_json
SELECT e, e.value, x.value AS text, x.n, k
FROM t, jsonb_array_elements(CASE jsonb_typeof(t.j) WHEN 'array' THEN t.j END) AS e,
    jsonb_array_elements_text('[null, "a"]') WITH ORDINALITY AS x (value, n), jsonb_object_keys('{"a": 1}') AS k;

-- name: pairs_of_json
SELECT p.*, q.v, q.k, e->>'a' AS a
FROM jsonb_each('{"a": null, "b": 1}') AS p, jsonb_each_text('{"a": null}') AS q (k, v), json_array_elements('[{"a": 1}]') e;

-- name: stars_of_functions_without_an_alias
SELECT * FROM jsonb_array_elements_text('[null]'), regexp_split_to_table('a b', ' ');

-- name: paths
SELECT x, w.v FROM t, jsonb_path_query(t.j, '$[*]') AS x, jsonb_path_query('{"a": null}', '$.a') AS w (v);

-- name: records
SELECT r.a, r.b, s.a AS c, p.a AS d, q.b AS e
FROM jsonb_to_record('{"a": 1}') AS r (a integer, b text), json_to_recordset('[{}]') AS s (a integer),
    jsonb_populate_record(NULL::pair, '{"a": 1}') AS p, jsonb_populate_recordset(NULL::pair, '[{}]') AS q;

-- name: one_record
SELECT r.a, r.b FROM jsonb_to_record(:j) AS r (a integer, b text);
