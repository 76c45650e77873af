-- name: do_nothing
INSERT INTO t (id, x, y) VALUES (1, 7, 8) ON CONFLICT DO NOTHING RETURNING id, x;

-- name: do_update
INSERT INTO t (id, x, y) VALUES (1, 7, 8) ON CONFLICT (id) DO UPDATE SET y = EXCLUDED.y RETURNING id, x, y;

-- name: do_update_where
INSERT INTO t (id, x, y) VALUES (1, 7, 8) ON CONFLICT (id) DO UPDATE SET y = EXCLUDED.y WHERE t.x > 0 RETURNING id, x;

-- name: updated_by_the_same_statement
WITH first AS (INSERT INTO t (id, y) VALUES (1, 9) ON CONFLICT (id) DO UPDATE SET y = 9 RETURNING id, y)
INSERT INTO t (id, y) VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET y = (SELECT f.y FROM first f WHERE f.id = t.id) RETURNING id, x;
