-- name: times
SELECT extract(year FROM at) AS year, extract(epoch FROM at) AS epoch, to_char(at, '') AS shown, date_trunc('day', at) AS day,
    date_trunc(unit, at) AS by_column, date_trunc(s, at) AS by_text FROM t WHERE id = 1;

-- name: parts_of_times
SELECT date_part('epoch', at) AS epoch, date_part('year', at) AS year, date_part('day', now()) AS day,
    date_part(unit, now()) AS by_column, date_part(lower(unit), now()) AS by_text FROM t;

-- name: texts
SELECT substring(s, 1, 2) AS part, substring(s FROM 'a') AS found, regexp_match(s, 'a') AS matched, lower(s) AS small,
    split_part(s, 'b', 1) AS first, nullif(s, '') AS filled FROM t;

-- name: ranges
SELECT lower(r) AS low, upper(r) AS high, isempty(r) AS nothing, lower_inf(r) AS unbounded FROM t;

-- name: arrays
SELECT array_length(a, 1) AS length, cardinality(a) AS size, a[1] AS first, array_position(a, 1) AS place, a || 1 AS more FROM t;

-- name: documents
SELECT j -> 'a' AS field, j ->> 'a' AS text, j #>> '{a}' AS path, j['a'] AS subscript, jsonb_typeof(j) AS type, j::text AS whole,
    jsonb_path_query_first(j, '$.a') AS found FROM t;

-- name: a_document_null_becomes_null
SELECT (j -> 'a')::text AS text, (j ->> 'a')::integer AS number FROM t WHERE id = 2;

-- name: names_and_comments
SELECT pg_get_serial_sequence('t', 'id') AS sequence, obj_description('t'::regclass, 'pg_class') AS comment, inet_client_addr() AS client,
    current_setting('janua.nothing', true) AS setting, current_setting('TimeZone') AS zone;
