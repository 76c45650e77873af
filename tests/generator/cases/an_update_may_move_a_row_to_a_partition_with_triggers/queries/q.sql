-- name: move
UPDATE t SET id = 11, x = 5 WHERE id = 1 RETURNING id, x;

-- name: insert
INSERT INTO t VALUES (12, 5) RETURNING id, x;
