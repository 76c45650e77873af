-- name: named
SELECT id FROM t WHERE x = :x AND s = :s AND y > :x;

-- name: at_sign
SELECT id FROM t WHERE x = @x;

-- name: numbered
SELECT id FROM t WHERE x = $1 AND s LIKE $2 AND y = ANY ($3);

-- name: macros
SELECT id FROM t WHERE x = sqlc.arg(x) AND s = sqlc.narg('s');

-- name: slice
SELECT id FROM t WHERE y = ANY (sqlc.slice(ys)::integer[]);

-- name: marked
SELECT id FROM t WHERE x = :x? AND s = :s!;

-- name: nothing_else_is_a_parameter
SELECT '10:30' AS a, x::text AS b, (ARRAY[1, 2, 3])[1:2] AS c, ':no' AS ":d", $$ :e $$ AS f /* :g */ FROM t; -- :h
