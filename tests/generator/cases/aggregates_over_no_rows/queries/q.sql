-- name: totals
SELECT count(*) AS n, count(x) AS nx, sum(y) AS total, max(y) AS most, array_agg(y) AS list, string_agg(s, ',') AS joined, jsonb_agg(y) AS doc FROM t;

-- name: totals_with_a_default
SELECT coalesce(sum(y), 0) AS total, coalesce(array_agg(y), '{}') AS list FROM t;

-- name: the_empty_grouping_is_one_group
SELECT max(y) AS most, count(*) AS n FROM t GROUP BY ();

-- name: having_may_leave_none
SELECT count(*) AS n FROM t HAVING count(*) > 0;

-- name: statistics_of_one_row
SELECT stddev(y) AS deviation, variance(y) AS variance FROM t GROUP BY s;

-- name: ordered_sets
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY y) AS median, mode() WITHIN GROUP (ORDER BY s) AS most FROM t GROUP BY s;
