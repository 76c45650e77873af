-- name: all_rows :stream
SELECT * FROM t WHERE id > :after;

-- name: locked :stream
SELECT id FROM t WHERE name = :name FOR UPDATE;

-- name: constants :stream
VALUES (1, 'a'), (2, 'b');

-- name: by_table :stream
TABLE t;

-- name: updated :stream
WITH gone AS (DELETE FROM t RETURNING id) SELECT id FROM gone;

-- name: explained :stream
EXPLAIN SELECT 1;
