-- name: list_all
SELECT id, x, y FROM parent;

-- name: keys_are_not_shared
SELECT id FROM parent WHERE id = :id;
