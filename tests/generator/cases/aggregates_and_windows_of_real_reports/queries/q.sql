-- name: of_groups
SELECT s, percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS a, percentile_disc(0.9) WITHIN GROUP (ORDER BY at) AS b, mode() WITHIN GROUP (ORDER BY s) AS c,
    json_agg(json_build_object('y', y) ORDER BY y) AS d, jsonb_object_agg(id, y) AS e, bit_or(x) AS f, string_agg(s, ',' ORDER BY id) AS g,
    array_agg(DISTINCT y)::text[] AS h, coalesce(sum(y), 0)::bigint AS i, array_remove(array_agg(y), NULL) AS j, var_pop(x) AS k,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY y) AS null_l, stddev(x) AS null_m, sum(x) FILTER (WHERE y > 0) AS null_n, max(y) AS null_o
FROM t GROUP BY s;

-- name: of_all
SELECT count(*) FILTER (WHERE x > 9) AS a, coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY x), -1)::float AS b, rank(1) WITHIN GROUP (ORDER BY x) AS c,
    coalesce(json_agg(t), '[]') AS d, coalesce(avg(x), 0)::float8 AS e, percentile_disc(0.5) WITHIN GROUP (ORDER BY x) AS null_f, mode() WITHIN GROUP (ORDER BY x) AS null_g
FROM t WHERE x > 10;

-- name: frames_that_hold_the_current_row
SELECT sum(x) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS a, avg(x) OVER (ORDER BY id ROWS 6 PRECEDING) AS b,
    max(x) OVER w AS c, first_value(x) OVER w AS d, last_value(x) OVER v AS e, sum(x) OVER (w ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS f,
    sum(x) OVER (ORDER BY id RANGE UNBOUNDED PRECEDING) AS g, lag(x, 1, 0) OVER w AS h, lead(x, 2, x) OVER w AS i, json_agg(y) OVER w AS j
FROM t WINDOW w AS (PARTITION BY s ORDER BY id), v AS (ORDER BY id GROUPS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING);

-- name: frames_that_may_not
SELECT sum(x) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS a, sum(x) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS b,
    sum(x) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS c, max(x) OVER w AS d, first_value(x) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS e,
    lag(x) OVER () AS f, lag(x, 1, y) OVER () AS g, lag(x, y, 0) OVER () AS h, nth_value(x, 2) OVER () AS i, sum(y) OVER () AS j, sum(x) FILTER (WHERE y > 0) OVER () AS k
FROM t WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

-- name: what_is_known_of_one_row_is_not_of_its_neighbours
SELECT CASE WHEN y IS NOT NULL THEN lag(y, 1, 0) OVER (ORDER BY id) ELSE 0 END AS a, CASE WHEN y IS NOT NULL THEN first_value(y) OVER (ORDER BY id) ELSE 0 END AS b,
    CASE WHEN y IS NOT NULL THEN sum(y) OVER (ORDER BY id) ELSE 0 END AS c FROM t;
