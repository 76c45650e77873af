-- name: overruled
SELECT x AS "x!", y AS "y?", s AS "s" FROM t WHERE id = 2;
