-- name: findByEmail :optional
SELECT id FROM people WHERE email = :email;
