-- name: through_a_view
SELECT id FROM members;

-- name: cascades
DELETE FROM orgs WHERE id = :id;

-- name: insert_cascades_nowhere
INSERT INTO orgs VALUES (1, 'a');

-- name: partitions
SELECT at FROM logs;

-- name: into_a_partition
INSERT INTO logs_2024 VALUES ('2024-05-05');

-- name: a_cte_is_no_table
WITH orgs AS (SELECT 1 AS id) SELECT id FROM orgs;

-- name: written_and_read
WITH w AS (INSERT INTO notes VALUES (1, NULL) RETURNING id) SELECT w.id, u.id AS user_id FROM w, users u;

-- name: volatile
SELECT random() > 0.5 AS coin;
