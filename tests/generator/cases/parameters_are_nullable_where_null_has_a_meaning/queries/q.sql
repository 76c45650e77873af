-- name: insert
INSERT INTO t (id, x, y, mood, tags, pair, code) VALUES (:id, :x, :y, :mood, :tags, :pair, :code);

-- name: insert_select
INSERT INTO t (id, x, y, code) SELECT $1, $2, y, $3 FROM t;

-- name: update
UPDATE t SET x = :x, y = :y, mood = :mood WHERE id = :id;

-- name: update_rows
UPDATE t SET (x, y) = ($1, $2) WHERE id = $3;

-- name: upsert
INSERT INTO t (id, y, code) VALUES (1, 1, 'a') ON CONFLICT (id) DO UPDATE SET x = :x, y = :y;

-- name: coalesced
SELECT coalesce(:x, x) AS x FROM t WHERE :name::text IS NULL OR code = :name;

-- name: distinct_from
SELECT id FROM t WHERE x IS NOT DISTINCT FROM :x;

-- name: compared
SELECT id FROM t WHERE x = :x AND mood = :mood AND tags @> :tags AND pair = :pair AND code = :code;

-- name: limited
SELECT id FROM t LIMIT $1 OFFSET $2;

-- name: its_value
SELECT :x::integer AS given, coalesce(:y::integer, 0) AS filled, :z?::integer AS asked;
