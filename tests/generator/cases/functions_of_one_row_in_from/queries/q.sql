-- name: of_values
SELECT n, l, d.moment FROM now() AS n, lower('A') AS l, LATERAL date_trunc('day', n) AS d (moment);

-- name: value_of_each_row
SELECT t.id, l FROM t, lower(t.s) AS l;
