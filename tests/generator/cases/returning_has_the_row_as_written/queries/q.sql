-- name: insert_values
INSERT INTO t (id, x, y) VALUES (9, 7, 8) RETURNING id, x, y, s;

-- name: insert_all_columns_in_their_order
INSERT INTO t VALUES (9, NULL, 8, 'a') RETURNING id, x, y, s;

-- name: insert_default
INSERT INTO t (id, x, y, s) VALUES (9, 1, 8, DEFAULT) RETURNING x, s;

-- name: insert_select_in_another_order
INSERT INTO t (y, x, id) SELECT y, x, id + 10 FROM t RETURNING id, x, y;

-- name: update_assigns
UPDATE t SET x = 3, s = NULL WHERE id = 1 RETURNING x, y, s;

-- name: a_condition_about_an_assigned_column_is_void
UPDATE t SET s = NULL WHERE s IS NOT NULL AND x > 0 RETURNING s, x;

-- name: update_several_at_once
UPDATE t SET (x, s) = (1, NULL), y = DEFAULT WHERE id = 99 RETURNING x, s, y;

-- name: update_from_a_subquery
UPDATE t SET (x, s) = (SELECT 1, 'a') RETURNING x, s;

-- name: update_from_another_table
UPDATE t SET x = o.y FROM t o WHERE o.id = t.id RETURNING t.x, o.x AS before, o.y;

-- name: delete_proves_its_condition
DELETE FROM t WHERE x > 0 RETURNING x, s;
