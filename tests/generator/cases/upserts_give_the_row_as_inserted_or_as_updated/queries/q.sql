-- name: both_are_given
INSERT INTO t (id, x, y) VALUES (1, 7, 8) ON CONFLICT (id) DO UPDATE SET x = EXCLUDED.x, y = EXCLUDED.x + EXCLUDED.y RETURNING x, y;

-- name: the_old_row_keeps_its_null
INSERT INTO t (id, x, y) VALUES (1, 7, 8) ON CONFLICT (id) DO UPDATE SET y = 1 RETURNING x, y;

-- name: excluded_may_be_null
INSERT INTO t (id, x, y) VALUES (1, 7, NULL) ON CONFLICT (id) DO UPDATE SET x = EXCLUDED.y, y = coalesce(t.y, EXCLUDED.x) RETURNING x, y;

-- name: excluded_has_the_defaults
INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET s = EXCLUDED.s, x = EXCLUDED.x, at = DEFAULT RETURNING s, x, at, d;

-- name: a_condition_tells_of_the_old_row
INSERT INTO t (id, x, y) VALUES (2, 7, 8) ON CONFLICT (id) DO UPDATE SET s = 'u' WHERE t.x > 1 RETURNING x, y, s;

-- name: several_rows_of_which_one_has_null
INSERT INTO t (id, x, y) VALUES (1, 7, 8), (2, 1, NULL) ON CONFLICT (id) DO UPDATE SET x = EXCLUDED.x, y = EXCLUDED.y RETURNING x, y;

-- name: of_a_query
INSERT INTO t AS u (id, x, y) SELECT id, coalesce(x, 0), y FROM t ON CONFLICT (id) DO UPDATE SET x = EXCLUDED.x, y = EXCLUDED.y RETURNING u.x, u.y;

-- name: nothing_gives_the_inserted_row_alone
INSERT INTO t (id, x) VALUES (1, 7), (3, 8) ON CONFLICT DO NOTHING RETURNING x, s, y;

-- name: a_trigger_may_change_either
INSERT INTO triggered (id, x) VALUES (1, 7) ON CONFLICT (id) DO UPDATE SET x = EXCLUDED.x RETURNING x;

-- name: a_row_that_is_assigned
INSERT INTO t (id, x, y) VALUES (1, 7, 8) ON CONFLICT (id) DO UPDATE SET (x, y) = (EXCLUDED.y, NULL) RETURNING x, y;
