-- name: of_one_row
MERGE INTO t USING (VALUES (:id?::integer, 5)) AS v (id, x) ON t.id = v.id
WHEN MATCHED THEN UPDATE SET x = v.x
WHEN NOT MATCHED THEN INSERT (id, x) VALUES (coalesce(v.id, 9), v.x)
RETURNING merge_action() AS action, t.id, t.x, t.y, v.x AS given;

-- name: inserted_rows_have_defaults
MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id, x) VALUES (s.id, s.z) RETURNING t.x, t.s, t.y, s.z;

-- name: of_one_row_that_may_be_left
MERGE INTO t USING (SELECT 1 AS id) AS v ON t.id = v.id WHEN MATCHED AND t.x > 0 THEN UPDATE SET y = 1 WHEN NOT MATCHED THEN INSERT (id) VALUES (v.id)
RETURNING t.id, t.y;

-- name: of_one_row_that_is_left_alone
MERGE INTO t USING (SELECT 1 AS id) AS v ON t.id = v.id WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED THEN INSERT (id) VALUES (v.id) RETURNING t.id;

-- name: found_by_no_key
MERGE INTO t USING (SELECT 5 AS x) AS v ON t.x = v.x WHEN MATCHED THEN DELETE RETURNING t.id, t.x, t.y;

-- name: found_in_a_table
MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND t.y IS NOT NULL THEN UPDATE SET x = s.w WHEN NOT MATCHED THEN INSERT (id, y) VALUES (s.id, s.z)
RETURNING t.x, t.y, s.z, s.w;

-- name: deleted_rows_keep_their_nulls
MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.z > 5 THEN UPDATE SET x = 1 WHEN MATCHED THEN DELETE RETURNING t.x;

-- name: without_a_source
MERGE INTO t USING s ON t.id = s.id AND s.id = 1 WHEN NOT MATCHED BY SOURCE THEN UPDATE SET x = 1 WHEN MATCHED THEN UPDATE SET x = s.z RETURNING t.x, s.z;

-- name: in_several_rows
MERGE INTO t USING (VALUES (1), (2)) AS v (id) ON t.id = v.id WHEN MATCHED THEN UPDATE SET x = 1 RETURNING t.id;

-- name: dropped_by_a_trigger
MERGE INTO triggered t USING (VALUES (1)) AS v (id) ON t.id = v.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (v.id, 1) RETURNING t.x;

-- name: whole_rows
MERGE INTO t USING (VALUES (7)) AS v (id) ON t.id = v.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (v.id, DEFAULT, 3) RETURNING t.*;

-- name: default_values
MERGE INTO s USING (VALUES (7)) AS v (id) ON s.w = v.id WHEN NOT MATCHED THEN INSERT (id, z, w) VALUES (v.id, 1, DEFAULT) RETURNING s.*;
