-- name: an_alias_may_be_shorter
SELECT u.t FROM t CROSS JOIN LATERAL (SELECT t FROM unnest(t.pairs) AS u (n)) AS u;

-- name: a_field_is_no_position
SELECT u.i FROM t, unnest(t.pairs) WITH ORDINALITY AS u (n, i);

-- name: rows_made_here
SELECT u.t FROM t CROSS JOIN LATERAL (SELECT t FROM unnest(ARRAY[(2, NULL)::pair]) AS u (n)) AS u;

-- name: words_of_a_document
SELECT u.positions FROM t CROSS JOIN LATERAL (SELECT positions FROM unnest('a'::tsvector) AS u (w)) AS u;

-- name: elements_that_are_no_rows
SELECT tag, i, number, other, id
FROM t, unnest(t.tags) WITH ORDINALITY AS a (tag, i), unnest(ARRAY[1]) AS b (number), unnest('{1}'::int[]) AS c (other);

-- name: elements_of_a_parameter
SELECT * FROM unnest(:ids::integer[], :names::text[]) AS u (id, name);
