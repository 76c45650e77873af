-- name: update_shows_both
UPDATE t SET x = 9 WHERE id = 1 RETURNING old.x AS before, new.x AS after;

-- name: insert_has_no_old_row
INSERT INTO t (id, y) VALUES (9, 9) RETURNING old.y AS before, new.y AS after;
