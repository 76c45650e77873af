-- name: more_than_one :one
SELECT id, x FROM t;

-- name: at_most_one :one
SELECT id, x FROM t WHERE id = :id;

-- name: ambiguous_none :optional
SELECT x FROM t WHERE id = :id;

-- name: may_be_two :optional
SELECT id, x FROM t WHERE y = :y;
