-- name: positions
SELECT row_number() OVER w AS n, rank() OVER w AS rank, ntile(2) OVER w AS tile, count(*) OVER w AS total FROM t WINDOW w AS (ORDER BY y);

-- name: neighbours
SELECT lag(y) OVER w AS before, lead(y, 1, 0) OVER w AS after, first_value(y) OVER w AS first, nth_value(y, 2) OVER w AS second FROM t WINDOW w AS (ORDER BY y);

-- name: sums
SELECT sum(y) OVER (ORDER BY id) AS running, sum(x) OVER (ORDER BY id) AS of_nullable, array_agg(x) OVER () AS list FROM t;

-- name: frames_may_be_empty
SELECT sum(y) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS before,
    sum(y) OVER w AS named, sum(y) FILTER (WHERE y > 9) OVER () AS filtered, count(*) FILTER (WHERE y > 9) OVER () AS counted
FROM t WINDOW w AS (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING);

-- name: shares
SELECT cume_dist() OVER w AS share, percent_rank() OVER w AS rank, dense_rank() OVER w AS dense FROM t WINDOW w AS (ORDER BY y);
