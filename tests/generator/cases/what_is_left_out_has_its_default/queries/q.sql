-- name: left_out
INSERT INTO t (id) VALUES (1) RETURNING s, n, e, at, g, u, q, f;

-- name: asked_for
INSERT INTO t (id, s, e) VALUES (1, DEFAULT, DEFAULT), (2, 'x', 'y') RETURNING s, e;

-- name: asked_for_in_one_row_and_null_in_another
INSERT INTO t (id, s) VALUES (1, DEFAULT), (2, NULL) RETURNING s;

-- name: of_a_query
INSERT INTO t SELECT 1, 'x' RETURNING s, at, e;

-- name: updated
INSERT INTO t (id) VALUES (1);

-- name: assigned
UPDATE t SET s = DEFAULT, e = DEFAULT, (at, n) = (DEFAULT, 'n') RETURNING s, e, at, n;

-- name: through_a_view
INSERT INTO v (id) VALUES (1) RETURNING s;
