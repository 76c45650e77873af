-- name: of_a_subquery
SELECT a.title, (SELECT coalesce(json_agg(s), '[]') FROM (SELECT name, seconds FROM songs WHERE album_id = a.id) s) AS songs
FROM albums a;

-- name: of_a_table
SELECT a.title, (SELECT coalesce(jsonb_agg(s ORDER BY s.name), '[]') FROM songs s WHERE s.album_id = a.id) AS songs FROM albums a;

-- name: of_all_its_columns
SELECT a.title, (SELECT coalesce(json_agg(s.*), '[]') FROM songs s WHERE s.album_id = a.id) AS songs FROM albums a;

-- name: of_an_array
SELECT a.title, (SELECT coalesce(array_to_json(array_agg(s)), '[]') FROM (SELECT name FROM songs WHERE album_id = a.id) s) AS songs
FROM albums a;

-- name: of_groups
SELECT a.title, b.songs
FROM albums a JOIN LATERAL (SELECT json_agg(s) AS songs FROM songs s WHERE s.album_id = a.id GROUP BY s.album_id) b ON true;

-- name: of_the_outer_query
SELECT (SELECT json_agg(a) FROM songs WHERE seconds > 1000) AS albums FROM albums a;
