-- name: a_view_over_a_function_over_views
SELECT n FROM v3;

-- name: a_materialized_view_stands_for_itself
SELECT n FROM v4;

-- name: refreshed_by_a_function
SELECT refresh() AS n;

-- name: reading_a_view_may_write
SELECT n FROM moving;

-- name: written_through_two_views
UPDATE over SET id = 1;

-- name: a_trigger_stands_in
INSERT INTO v2 VALUES (1, 2);

-- name: merged_from_a_view
MERGE INTO c USING v1 ON v1.id = c.id
WHEN MATCHED AND v1.x = 2 THEN UPDATE SET x = moved()
WHEN NOT MATCHED THEN INSERT VALUES (v1.id, 1);

-- name: merged_by_deleting
MERGE INTO over o USING b ON b.id = o.id WHEN MATCHED THEN DELETE;

-- name: ctes_write
WITH d AS (DELETE FROM a RETURNING id), i AS (INSERT INTO b SELECT id, 1 FROM d RETURNING id) SELECT count(*) FROM i;
