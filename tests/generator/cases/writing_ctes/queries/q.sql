-- name: inserted_rows
WITH w AS (INSERT INTO t (id, x, y) VALUES (9, 1, 2), (8, NULL, 2) RETURNING id, x, y) SELECT id, x, y FROM w;

-- name: deleted_row
WITH w AS (DELETE FROM t WHERE id = :id RETURNING *) SELECT w.id, w.s FROM w;

-- name: outer_joined
WITH w AS (UPDATE t SET x = 1 RETURNING id, x) SELECT t.id, w.x FROM t LEFT JOIN w ON w.id > t.id;
