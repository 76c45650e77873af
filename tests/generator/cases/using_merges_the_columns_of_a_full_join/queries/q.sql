-- name: full_join_is_a_coalesce
SELECT id, a.id AS left_id, b.id AS right_id, x, y FROM a FULL JOIN b USING (id);

-- name: full_join_of_nullable_columns
SELECT n FROM a FULL JOIN b USING (n);

-- name: left_join_takes_the_left_one
SELECT id, y FROM a LEFT JOIN b USING (id);

-- name: right_join_takes_the_right_one
SELECT id, x FROM a RIGHT JOIN b USING (id);

-- name: star_lists_merged_columns_once
SELECT * FROM a JOIN b USING (id, n);

-- name: natural_join_proves_what_it_compares
SELECT n, x, y FROM a NATURAL JOIN b;

-- name: merged_twice
SELECT id FROM a FULL JOIN b USING (id) LEFT JOIN a c USING (id);
