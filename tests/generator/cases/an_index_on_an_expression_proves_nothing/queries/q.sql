-- name: by_the_expression
SELECT id FROM users WHERE lower(email) = 'a';
