-- name: limit_one
SELECT id, x FROM t ORDER BY id LIMIT 1;

-- name: limit_parameter
SELECT id, x FROM t LIMIT :count;

-- name: fetch_first
SELECT id, x FROM t ORDER BY id FETCH FIRST ROW ONLY;

-- name: fetch_with_ties
SELECT id, x FROM t ORDER BY y - y FETCH FIRST 1 ROW WITH TIES;

-- name: aggregate
SELECT count(*) AS n FROM t;

-- name: aggregate_with_offset
SELECT count(*) AS n FROM t OFFSET 1;

-- name: constant
SELECT 1 AS one;

-- name: constant_with_a_condition
SELECT 1 AS one WHERE :flag::boolean;

-- name: constant_with_having
SELECT 1 AS one HAVING false;

-- name: values_of_one_row
VALUES (1, 'a');

-- name: values_of_two_rows
VALUES (1, 'a'), (2, 'b');

-- name: insert_one
INSERT INTO t (id, y) VALUES (9, 9) RETURNING id;

-- name: insert_two
INSERT INTO t (id, y) VALUES (9, 9), (8, 8) RETURNING id;

-- name: insert_select
INSERT INTO t (id, y) SELECT 9, 9 RETURNING id;

-- name: insert_select_with_a_condition
INSERT INTO t (id, y) SELECT 9, 9 WHERE false RETURNING id;

-- name: no_result
UPDATE t SET y = 1;
