-- name: nvl_is_what_the_migrations_made_of_it
SELECT nvl(x, 1) AS value FROM t;

-- name: last_is_no_aggregate
SELECT last(id) AS value FROM t;

-- name: logical_or_is_no_aggregate
SELECT logical_or(id > 1) AS value FROM t;

-- name: not_strict_for_all_that_is_known
SELECT x FROM t WHERE array_overlaps(ARRAY[x], NULL);
