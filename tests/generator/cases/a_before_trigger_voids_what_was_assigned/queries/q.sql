-- name: insert_may_return_none
INSERT INTO t (id, x, y) VALUES (0, 5, 6) RETURNING id, x, y;

-- name: insert_loses_what_it_assigned
INSERT INTO t (id, x, y) VALUES (1, 5, 6) RETURNING id, x, y;

-- name: update_loses_what_was_proven
UPDATE t SET y = 5 WHERE x > 0 RETURNING x, y;

-- name: other_triggers_change_nothing
INSERT INTO logged (id, x) VALUES (1, 5) RETURNING id, x;
