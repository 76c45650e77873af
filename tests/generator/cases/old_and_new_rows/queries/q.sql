-- name: update_shows_both
UPDATE t SET x = 9 WHERE id = 1 RETURNING old.x AS before, new.x AS after;

-- name: insert_has_no_old_row
INSERT INTO t (id, y) VALUES (9, 9) RETURNING old.y AS before, new.y AS after;

-- name: with_aliases
UPDATE t SET y = 7, s = :s! WHERE id = 1 RETURNING WITH (OLD AS o, NEW AS n) o.y AS was, n.y AS now, o.s AS s_was, n.s AS s_now, s;

-- name: of_what_is_there
UPDATE t SET x = NULL WHERE x IS NOT NULL RETURNING old.x AS was, new.x AS now, y;

-- name: stars_of_both
UPDATE t SET s = 'x' WHERE id = 1 RETURNING old.*, new.s AS after;

-- name: upsert_with_both
INSERT INTO t (id, y) VALUES (1, 2), (77, 3) ON CONFLICT (id) DO UPDATE SET y = EXCLUDED.y RETURNING old.y AS was, new.y AS now;

-- name: a_relation_called_old
UPDATE t SET s = 'x' FROM (SELECT NULL::text AS y) old WHERE t.id = 1 RETURNING old.y AS was;

-- name: in_expressions
DELETE FROM t WHERE id = 1 RETURNING old.y + 1 AS was, new.id IS NULL AS gone, old.id = t.id AS same, (SELECT new.y) AS none;

-- name: merge_with_both
MERGE INTO t USING (VALUES (1, 5), (88, 6)) v (id, y) ON v.id = t.id
WHEN MATCHED THEN UPDATE SET y = v.y WHEN NOT MATCHED THEN INSERT (id, y) VALUES (v.id, v.y)
RETURNING old.y AS was, new.y AS now, t.y;
