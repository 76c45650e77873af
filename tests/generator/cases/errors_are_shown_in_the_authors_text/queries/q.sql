-- name: misspelt_column
SELECT id,
    starts FROM bookings WHERE id = :id;

-- name: behind_placeholders_and_wide_text
SELECT 'ä€😀' AS greeting, :a_rather_long_name::text AS x, nöte FROM bookings;

-- name: misspelt_table
SELECT id FROM booking;

-- name: type_of_a_parameter
SELECT :x AS x, :y IS NULL AS y FROM bookings;

-- name: two_types
SELECT id FROM bookings WHERE id = :x AND note = :x;

-- name: syntax
SELECT id FROM bookings WHERE;

-- name: two_columns_of_one_name
SELECT a.id, b.id FROM bookings a, bookings b;

-- name: rows_of_nothing :one
DELETE FROM bookings;

-- name: fine
SELECT id FROM bookings;

-- name: a_place_within_a_string
SELECT U&'wrong: \db99' AS text;
