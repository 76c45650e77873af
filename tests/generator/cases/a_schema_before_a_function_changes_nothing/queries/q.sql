-- name: counted
SELECT public.page_or('x') AS a, public.last_page() AS b, other.lower('X') AS c, pg_catalog.lower('X') AS d;

-- name: elsewhere
SELECT other.hit_count() AS n;

-- name: as_a_relation
SELECT * FROM public.page_or('x') AS p;

-- name: of_a_composite
SELECT * FROM no_place();

-- name: of_a_set
SELECT * FROM hit_ids();
