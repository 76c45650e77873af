-- name: an_aggregate_beside_each_row
SELECT t.id, n.n, n.m FROM t LEFT JOIN LATERAL (SELECT count(*) AS n, max(o.x) AS m FROM t o WHERE o.id > t.id) n ON true;

-- name: with_a_condition
SELECT t.id, n.n FROM t LEFT JOIN LATERAL (SELECT count(*) AS n FROM t o WHERE o.id > t.id) n ON n.n > 0;

-- name: having_may_leave_none
SELECT t.id, n.n FROM t LEFT JOIN LATERAL (SELECT count(*) AS n FROM t o HAVING count(*) > 9) n ON true;

-- name: one_row_with_one_row
SELECT * FROM (SELECT count(*) AS a FROM t) x CROSS JOIN (SELECT max(id) AS b FROM t) y, (VALUES (1)) z (c);

-- name: one_row_kept_by_an_outer_join
SELECT x.a, t.x FROM (SELECT count(*) AS a FROM t) x LEFT JOIN t ON t.id = 7;

-- name: a_condition_may_leave_none
SELECT x.a FROM (SELECT count(*) AS a FROM t) x WHERE x.a > 1;

-- name: one_row_written_is_one_row_read
WITH made AS (INSERT INTO t VALUES (9, 9) RETURNING id) SELECT id, (SELECT id FROM made) AS again FROM made;

-- name: limits_that_keep_a_row
SELECT (SELECT count(*) FROM t LIMIT 1) AS a, (SELECT count(*) FROM t LIMIT 0) AS b, (SELECT count(*) FROM t OFFSET 1) AS c,
    (SELECT count(*) FROM t FETCH FIRST ROW ONLY) AS d, (SELECT id FROM t UNION ALL SELECT 1 LIMIT 1) AS e;

-- name: kept_by_a_full_join
SELECT a.n, t.id FROM (SELECT count(*) AS n FROM t) a FULL JOIN t ON t.id = a.n;
