-- name: insert
INSERT INTO v (id, y) VALUES (2, 2) RETURNING id, y;

-- name: insert_all
INSERT INTO v (id, y) VALUES (2, 2) RETURNING *;

-- name: update
UPDATE v SET y = 3 WHERE id = 1 RETURNING id, y;

-- name: through_a_plain_view
UPDATE plain SET y = 3 WHERE id = 1 RETURNING id, y;
