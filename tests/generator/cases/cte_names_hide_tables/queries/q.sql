-- name: hidden
WITH t AS (SELECT NULL::integer AS y) SELECT y FROM t;

-- name: hidden_only_inside
SELECT s.y, t.y AS other FROM (WITH t AS (SELECT NULL::integer AS y) SELECT y FROM t) s, t;

-- name: a_schema_names_the_table
WITH t AS (SELECT NULL::integer AS y) SELECT t.y FROM public.t;

-- name: an_insert_writes_the_table
WITH t AS (SELECT 5 AS id, 6 AS y) INSERT INTO t SELECT id, y FROM t RETURNING id, y;
