-- name: inserted
INSERT INTO t (id, x, name, slug) VALUES (3, 1, 'b', 's') RETURNING id, x, name, slug, updated_at, low;

-- name: what_is_filled_in_may_be_switched_off
INSERT INTO t (id) VALUES (3) RETURNING name, updated_at;

-- name: updated
UPDATE t SET slug = 'x' WHERE x > 0 AND name = :name RETURNING x, slug, name, updated_at, low;

-- name: upserted
INSERT INTO t (id, x, slug) VALUES (1, 1, 'b') ON CONFLICT (id) DO UPDATE SET x = EXCLUDED.x, name = EXCLUDED.slug RETURNING x, name;

-- name: a_trigger_that_drops_rows
INSERT INTO dropping VALUES (1, 1) RETURNING x;

-- name: a_trigger_that_puts_a_row_in_its_place
INSERT INTO whole VALUES (1, 1) RETURNING x;

-- name: a_trigger_that_queries
INSERT INTO queried VALUES (1, 1, 1) RETURNING x, y;

-- name: an_assignment_that_casts_to_null
INSERT INTO cast_away VALUES (1, '10:00', 1) RETURNING at, n;
