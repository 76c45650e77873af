-- name: built_object
SELECT json_build_object('id', u.id, 'upper', upper(u.name), 'kind', 'user', 'at', now(), 'data', u.data) AS o FROM users u;

-- name: list_of_objects
SELECT o.id, jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name) ORDER BY u.name) AS users FROM orgs o JOIN users u ON u.org_id = o.id GROUP BY o.id;

-- name: of_a_row
SELECT to_jsonb(o) AS o, row_to_json(u) AS u FROM orgs o JOIN users u ON u.org_id = o.id;

-- name: rows_that_may_be_absent
SELECT o.id, json_agg(u) AS users, json_agg(u) FILTER (WHERE u.id IS NOT NULL) AS there FROM orgs o LEFT JOIN users u ON u.org_id = o.id AND u.name > '' GROUP BY o.id;

-- name: of_a_subquery
SELECT o.id, coalesce((SELECT json_agg(x) FROM (SELECT u.id, lower(u.name) AS name FROM users u WHERE u.org_id = o.id) x), '[]') AS users FROM orgs o;

-- name: through_lateral
SELECT o.id, x.users FROM orgs o LEFT JOIN LATERAL (SELECT json_agg(json_build_object('id', u.id, 'org', json_build_object('mood', o.mood, 'price', o.price))) AS users FROM users u WHERE u.org_id = o.id) x ON true;

-- name: keyed_by_data
SELECT jsonb_object_agg(u.name, u.id) AS ids FROM users u;

-- name: with_a_parameter
SELECT json_build_object('asked', $1::int, 'name', name) AS o FROM users WHERE id=$2;

-- name: what_has_no_known_shape
SELECT json_build_object(u.name, 1) AS a, json_build_array(1, 'x') AS b, u.data AS c, coalesce(json_agg(u.id), '{}') AS d, jsonb_strip_nulls(to_jsonb(u)) AS e FROM users u GROUP BY u.id;

-- name: in_parentheses_after_a_cte
WITH w AS (SELECT id FROM users) (SELECT json_agg(w.id) AS ids FROM w);

-- name: a_row_keeps_the_names_of_its_type
SELECT to_jsonb(t) AS renamed, to_jsonb(s) AS subquery, to_jsonb(d) AS twice, to_jsonb(n) AS number FROM orgs AS t (note, name, id), (SELECT id FROM users) AS s (key),
    (SELECT id, name AS id FROM users) AS d, generate_series(1, 2) AS n (x);
