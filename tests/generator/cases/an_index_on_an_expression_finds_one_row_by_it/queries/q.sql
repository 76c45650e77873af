-- name: by_the_expression
SELECT id FROM users WHERE lower(email) = lower(:email);

-- name: by_the_expression_of_an_alias
SELECT u.id FROM users u WHERE 'a' = lower(u.email);

-- name: by_another_expression
SELECT id FROM users WHERE upper(email) = 'A';

-- name: by_the_column
SELECT id FROM users WHERE email = 'A';

-- name: with_a_column_and_a_predicate
SELECT id FROM users WHERE org = :org AND lower(login) = :login AND gone IS NULL;

-- name: without_the_predicate
SELECT id FROM users WHERE org = 1 AND lower(login) = 'x';

-- name: by_a_key_of_json
SELECT id FROM users WHERE data->>'key' = :key;

-- name: by_another_key_of_json
SELECT id FROM users WHERE data->>'kez' = 'k';

-- name: by_a_rounded_value
SELECT id FROM users WHERE score * 2 = 2::double precision;

-- name: equality_refuses_null
SELECT id FROM users WHERE slug = :slug;

-- name: a_true_column
SELECT id FROM users WHERE org = 1 AND active = true;

-- name: a_column_that_is_true
SELECT id FROM users WHERE org = 1 AND active IS TRUE;

-- name: a_column_that_is_not_false
SELECT id FROM users WHERE org = 1 AND active IS NOT FALSE;

-- name: a_false_column
SELECT id FROM users WHERE org = 1 AND state = 'open' AND active = false;

-- name: one_of_several_values
SELECT id FROM users WHERE login = 'x' AND org = 1 AND state = 'open' AND kind IN ('b', 'a');

-- name: not_one_of_the_values
SELECT id FROM users WHERE login = 'y' AND org = 1 AND state = 'open' AND kind IN ('a', 'c');

-- name: a_list_of_one
SELECT org FROM users WHERE id IN (:id);

-- name: an_array_of_one
SELECT org FROM users WHERE id = ANY (ARRAY[:id]::integer[]);

-- name: an_array_of_two
SELECT org FROM users WHERE id = ANY (ARRAY[1, 2]);

-- name: an_array_of_rounded_values
SELECT org FROM users WHERE id = ANY (ARRAY[1]::real[]);

-- name: rows_of_a_list
SELECT org FROM users WHERE (id, org) IN ((:id, 1));

-- name: rows_that_are_equal
SELECT org FROM users WHERE (org, id) = (1, 2);

-- name: found_by_a_subquery_of_one_row
SELECT org FROM users WHERE id IN (SELECT user_id FROM tokens WHERE token = :token);

-- name: found_by_a_subquery_of_several_rows
SELECT org FROM users WHERE id IN (SELECT user_id FROM tokens);

-- name: found_by_a_subquery_of_each_row
SELECT org FROM users u WHERE id IN (SELECT max(user_id) FROM tokens WHERE user_id = u.id);

-- name: not_distinct
SELECT org FROM users WHERE id IS NOT DISTINCT FROM :id!;

-- name: not_distinct_of_null
SELECT org FROM users WHERE slug IS NOT DISTINCT FROM :slug;

-- name: update_by_the_expression
UPDATE users SET org = 5 WHERE lower(email) = 'a' RETURNING id;
