-- name: reads_the_materialized_view_itself
SELECT n FROM sums;

-- name: refreshed
REFRESH MATERIALIZED VIEW sums;

-- name: listens
LISTEN a;

-- name: notifies
NOTIFY a, 'b';

-- name: sets
SET work_mem = '1MB';

-- name: explained
EXPLAIN SELECT id FROM a;

-- name: explained_and_done
EXPLAIN (ANALYZE, COSTS off) INSERT INTO a SELECT id FROM b;

-- name: whole
TABLE a;

-- name: locked
LOCK TABLE a;

-- name: analyzed
ANALYZE a;

-- name: created
CREATE TABLE c (id integer);

-- name: shown
SHOW work_mem;

-- name: not_parsed
SELECT x.id FROM ONLY (a) x;

-- name: escaped_names
SELECT id FROM U&"Odd\0020Name";

-- name: cte_in_a_cte
WITH a AS (SELECT id FROM a), b AS (SELECT id FROM a) SELECT id FROM b;

-- name: a_target_is_no_cte
WITH a AS (SELECT 1 AS id) INSERT INTO a SELECT id FROM a;

-- name: sequence
SELECT last_value FROM numbers;

-- name: catalogs
SELECT relname FROM pg_class;

-- name: escaped_in_another_way
SELECT id FROM U&"d!0061t!!a" UESCAPE '!';

-- name: copied_in
COPY a (id) FROM STDIN;

-- name: copied_out
COPY a TO STDOUT WITH (FORMAT csv);

-- name: a_view_copied_out
COPY (SELECT id FROM big) TO STDOUT;

-- name: copied_out_while_written
COPY (DELETE FROM b RETURNING id) TO STDOUT;

-- name: emptied
TRUNCATE TABLE ONLY a, b RESTART IDENTITY;
