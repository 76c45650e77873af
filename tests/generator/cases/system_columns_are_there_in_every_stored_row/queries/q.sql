-- name: save_lot
INSERT INTO lots (id, place) VALUES (1, NULL)
ON CONFLICT (id) DO UPDATE SET place = EXCLUDED.place
RETURNING id, xmax = 0 AS is_new;

-- name: partitions
SELECT DISTINCT tableoid::regclass::text AS partition FROM logs;

-- name: versions
SELECT lots.ctid, bids.xmin FROM lots LEFT JOIN bids ON bids.lot_id = lots.id;

-- name: through_a_view
SELECT xmin FROM cheap;
