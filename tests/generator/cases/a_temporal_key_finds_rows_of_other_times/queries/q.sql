-- name: the_same_period
SELECT s.id, r.name FROM stay s LEFT JOIN room r ON r.id = s.room_id AND r.during = s.during;

-- name: found_by_key
SELECT (SELECT r.name FROM room r WHERE r.id = s.room_id AND r.during = s.during) AS name FROM stay s;

-- name: several_of_one_number
SELECT name FROM room WHERE id = $1;

-- name: one_of_number_and_period
SELECT name FROM room WHERE id = $1 AND during = $2;
