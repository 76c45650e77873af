-- name: overriding
INSERT INTO users (id, name, note) OVERRIDING SYSTEM VALUE VALUES (:id, :name, 'x') RETURNING id, name, note;

-- name: overriding_in_mixed_case
INSERT INTO users (name) Overriding  User
Value SELECT name FROM users RETURNING *;

-- name: only_a_text
SELECT 'overriding system value' AS a, name /* collation for */ FROM users WHERE name <> 'where current of c';

-- name: the_collation
SELECT COLLATION FOR (name) AS c, name FROM users;
