-- name: of_texts
SELECT json_object('{a,1}') AS a, json_object(keys, '{1,2}') AS b, json_object(keys, vals) AS c, json_object('{b,2}'::text[]) AS d FROM t WHERE id = 1;

-- name: of_keys_and_values
SELECT json_object('a': id, 'b': vals) AS a, json_object('a' VALUE vals NULL ON NULL) AS b, json_object() AS c FROM t;

-- name: with_a_type
SELECT json_object('a': id RETURNING jsonb) AS a FROM t;
