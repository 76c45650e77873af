-- name: overriding
INSERT INTO users (id, name, note) OVERRIDING SYSTEM VALUE VALUES (:id, :name, 'x') RETURNING id, name, note;

-- name: overriding_in_mixed_case
INSERT INTO users (name) Overriding  User
Value SELECT name FROM users RETURNING *;

-- name: only_a_text
SELECT 'overriding system value' AS a, name /* collation for */ FROM users WHERE name <> 'where current of c';

-- name: the_collation
SELECT COLLATION FOR (name) AS c, name FROM users;

-- name: a_join_that_begins_with_unnest
SELECT u.id, x.name AS listed, x.n FROM users u LEFT JOIN (unnest(ARRAY['a', 'b']) WITH ORDINALITY AS x (name, n) JOIN users b ON b.name = x.name) ON b.id = u.id;

-- name: nested_without_parentheses
SELECT u.id AS "u.id", b.name AS "b.name", b.note AS "b.note" FROM users u LEFT JOIN unnest('{1}'::integer[]) AS x (id) JOIN users b ON b.id = x.id ON b.id = u.id;

-- name: the_alias_of_merged_columns
SELECT u.id, b.name, j.id AS merged FROM users u LEFT JOIN users b USING (id) AS j;

-- name: literals_of_a_named_type
SELECT id, inet '10.0.0.1' <<= net AS inside, net >>= cidr '10.0.0.0/8' AS around, mood 'ok' AS mood, note ~<~ 'x' AS before, box '(1,1),(0,0)' ~= place AS same
FROM hosts WHERE mood = mood 'ok' AND place && box '(9,9),(0,0)' ORDER BY id USING >;

-- name: two_literals_that_say_the_same
SELECT mood 'ok' AS mood, sure 'ok' AS sure;
