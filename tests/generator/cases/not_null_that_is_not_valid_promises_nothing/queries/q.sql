-- name: list_all
SELECT id, x FROM t;
