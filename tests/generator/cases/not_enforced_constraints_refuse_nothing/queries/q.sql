-- name: all
SELECT a FROM t;
