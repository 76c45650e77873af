-- name: counted_over
SELECT count(*) OVER () AS n FROM t;

-- name: named_with_its_schema
SELECT pg_catalog.count(*) OVER () AS n FROM t;

-- name: filtered
SELECT count(*) FILTER (WHERE x > 1) OVER () AS n FROM t;

-- name: an_aggregate_inside
SELECT sum(count(*)) OVER () AS n FROM t;

-- name: an_aggregate_with_its_schema
SELECT pg_catalog.count(*) AS n FROM t;
