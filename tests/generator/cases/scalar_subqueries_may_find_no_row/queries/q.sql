-- name: by_key
SELECT (SELECT y FROM e WHERE e.id = t.id) AS found, (SELECT count(*) FROM e WHERE e.id = t.id) AS counted,
    (SELECT max(y) FROM e) AS most, (SELECT 1) AS constant, (SELECT 1 WHERE false) AS none FROM t;

-- name: having_without_grouping
SELECT (SELECT 1 HAVING false) AS value;

-- name: limits_in_parentheses
SELECT ((SELECT 1) LIMIT 0) AS zero, ((SELECT 1) OFFSET 1) AS skipped, (VALUES (1)) AS listed;

-- name: an_aggregate_of_the_outer_query_is_computed_there
SELECT (SELECT count(*) FILTER (WHERE o.y > 1) FROM e) AS n FROM t o;

-- name: an_array_of_rows_is_never_null
SELECT ARRAY(SELECT y FROM e) AS list FROM t;
