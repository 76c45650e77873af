-- name: selected
SELECT details->>'to' AS to, upper(details->>'to') AS shouted, details->>'n' AS n, nullif(label, '') AS label, tags[1] AS first
FROM parcels
WHERE details->>'to' IS NOT NULL AND nullif(label, '') <> 'z' AND tags[1] IN ('x', 'z');

-- name: either
SELECT details->>'to' AS to FROM parcels WHERE details->>'to' = 'Bern' OR details->>'to' LIKE 'B%';

-- name: one_of_both
SELECT details->>'to' AS to FROM parcels WHERE details->>'to' = 'Bern' OR weight > 1;

-- name: branches
SELECT CASE WHEN details->>'to' IS NOT NULL THEN details->>'to' ELSE '' END AS to,
       CASE WHEN details->>'to' IS NOT NULL THEN details->>'n' ELSE '' END AS n
FROM parcels;

-- name: summed
SELECT sum((details->>'n')::int) AS n, count(*) FROM parcels WHERE details->>'n' IS NOT NULL GROUP BY label;

-- name: heavy
SELECT label, max(weight) AS heaviest, min(weight) AS lightest,
       max(weight) OVER (ORDER BY label ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS before
FROM parcels GROUP BY label, weight HAVING max(weight) > 1;

-- name: heaviest
SELECT max(weight) AS heaviest, min(weight) AS lightest FROM parcels HAVING max(weight) > 1;

-- name: rolled_up
SELECT details->>'to' AS to, count(*) FROM parcels WHERE details->>'to' IS NOT NULL GROUP BY ROLLUP (details->>'to');

-- name: joined
SELECT p.id, s.note->>'at' AS at FROM parcels p LEFT JOIN stops s ON s.parcel_id = p.id AND s.note->>'at' IS NOT NULL;

-- name: of_another_level
SELECT (SELECT details->>'to' FROM parcels i WHERE i.id = p.id + 1) AS to FROM parcels p WHERE details->>'to' IS NOT NULL;

-- name: by_chance
SELECT sometimes(label) AS label FROM parcels WHERE sometimes(label) IS NOT NULL;

-- name: updated
UPDATE parcels SET details = '{}', label = details->>'to' WHERE details->>'to' IS NOT NULL RETURNING details->>'to' AS to, label;

-- name: filtered
-- @optional to
SELECT details->>'to' AS to FROM parcels WHERE details->>'to' = :to;
