-- name: list_all
SELECT id, x, doubled, shown FROM t;

-- name: insert
INSERT INTO t (x) VALUES (5) RETURNING id, x, doubled;

-- name: a_condition_on_a_computed_column_is_void_where_its_source_is_assigned
UPDATE t SET x = NULL WHERE doubled > 0 RETURNING id, doubled;
