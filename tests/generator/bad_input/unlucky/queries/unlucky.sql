-- name: get_columns :many
SELECT * FROM unlucky_columns;

-- name: list_models :many
SELECT * FROM models;

-- name: add_model :one
INSERT INTO models (id, m, d, ds, o, os, t, mr, ot, op, ck, mk, odd)
VALUES (:id, :m, :d, :ds, :o, :os, :t, :mr, :ot, :op, :ck, :mk, :odd)
RETURNING *;

-- name: whole_rows :many
SELECT u FROM users u ORDER BY id;

-- name: rows_with_ids :many
SELECT t.id, t FROM class.things t;

-- name: things :many
SELECT * FROM class.things;

-- name: others :many
SELECT * FROM other.users;

-- name: models_users :many
SELECT * FROM models.users;

-- name: odd :many
SELECT * FROM "Odd Schema"."Odd Table";

-- name: order_ :many
SELECT * FROM "Order";

-- name: japan :many
SELECT * FROM "日本";

-- name: list :many
SELECT * FROM list;

-- name: unnamed :one
SELECT 1, 2 AS x, 'a';

-- name: only_unnamed :one
SELECT 1;

-- name: literals :one
-- Doc """ here \ and there\
-- and a "quote"
SELECT E'a\\b\'' AS a, 'tri"""ple' AS b, $$x\y$$ AS c, 'tab	' AS d, 'nbsp ' AS e, 'end"' AS "f""";

-- name: quotes_at_the_end :one
SELECT 1 AS x,
    2 AS "q""""""";

-- name: backslash_at_the_end :one
SELECT 'a' AS x,
    'b\' <> '\';

-- name: parameters :one
SELECT
    :class::int AS "class", :db::text AS db, :from::text AS "from", :self::text, :int::int AS int, :str::text AS str,
    :list::text[] AS list, :date::date AS date, :_dt::date AS _dt, :_GET_COLUMNS::text AS g, :Executor::text AS e,
    :None::int AS "None", :print::text AS print;

-- name: types :one
SELECT 'types'::text AS x;

-- name: _m :one
SELECT m FROM models WHERE id = :id;

-- name: print :exec
SELECT pg_sleep(0);

-- name: Query :exec
SELECT 1;

-- name: Executor :exec
SELECT 1;

-- name: overload :exec
SELECT 1;

-- name: dataclass :exec
SELECT 1;

-- name: annotations :exec
SELECT 1;

-- name: Final :exec
SELECT 1;

-- name: Coro :exec
SELECT 1;

-- name: match :exec
SELECT 1;

-- name: class :exec
SELECT 1;

-- name: async :exec
SELECT 1;

-- name: __init__ :exec
SELECT 1;

-- name: __name__ :exec
SELECT 1;

-- name: a_b :one
SELECT 1 AS x, 2 AS y;

-- name: a__b :one
SELECT 1 AS x, 2 AS z;
