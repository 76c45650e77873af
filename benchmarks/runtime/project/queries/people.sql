-- name: get_person :optional
SELECT id, email, name, score, is_active, created_at FROM people WHERE id = :id;

-- name: list_people :many
SELECT id, email, name, score, is_active, created_at FROM people ORDER BY id LIMIT 1000;
