-- name: by_group
SELECT s, count(*) AS n, sum(y) AS total, max(x) AS most, array_agg(x) AS list, string_agg(s, NULL) AS joined, bool_and(y > 1) AS every FROM t GROUP BY s;

-- name: a_filtered_aggregate_may_see_no_row
SELECT s, count(*) FILTER (WHERE y > 9) AS n, sum(y) FILTER (WHERE y > 9) AS total, array_agg(y) FILTER (WHERE y > 9) AS list FROM t GROUP BY s;

-- name: having_proves_what_it_compares
SELECT x, count(*) AS n FROM t GROUP BY x HAVING x > 1;

-- name: grouped_by_position_is_not_one_group
SELECT x, count(*) AS n FROM t GROUP BY 1;

-- name: json_of_a_group
SELECT s, json_agg(x ORDER BY y) AS xs, json_object_agg(s, y) AS by_s, jsonb_object_agg(s, y) AS by_s_binary FROM t WHERE s IS NOT NULL GROUP BY s;
