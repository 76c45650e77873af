-- name: its_columns
SELECT id, name FROM lines;

-- name: compared
SELECT l.id, t.id AS own FROM lines l JOIN t ON t.id = l.id;

-- name: counted
SELECT count(*) AS lines, max(id) AS last FROM lines;
