-- name: both_found_by_key
SELECT a.x, b.y FROM a FULL JOIN b ON a.id = b.id WHERE a.id = 2 AND b.id = 2;

-- name: merged_key
SELECT id, x, y FROM a FULL JOIN b USING (id) WHERE id = 2;
