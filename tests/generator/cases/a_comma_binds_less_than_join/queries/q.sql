-- name: natural_join_does_not_reach_over_the_comma
SELECT a.x, b.y, c.x AS cx FROM a, b NATURAL JOIN c;

-- name: right_join_does_not_reach_over_the_comma
SELECT a.id, b.y, c.k FROM a, b RIGHT JOIN c ON b.y > 1;

-- name: update_from_has_the_same_commas
UPDATE a SET x = 1 FROM b, c LEFT JOIN b d ON false WHERE a.id = b.k RETURNING a.id, b.y, d.y AS dy;
