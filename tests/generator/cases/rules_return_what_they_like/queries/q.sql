-- name: insert
INSERT INTO t (id, y) VALUES (1, 1) RETURNING id, y;
