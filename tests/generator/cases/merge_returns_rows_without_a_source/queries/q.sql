-- name: merge_all
MERGE INTO t USING s ON s.id = t.id
WHEN MATCHED THEN UPDATE SET y = s.z
WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.z)
WHEN NOT MATCHED BY SOURCE THEN DELETE
RETURNING merge_action() AS action, t.id, t.y, s.z;
