-- name: of_hstore
SELECT h ? 'a' AS a, h ?& ARRAY['a'] AS b, h || 'b=>1' AS c, h - 'a'::text AS d, h @> 'a=>1' AS e, akeys(h) AS f, hstore_to_jsonb(h) AS g FROM t;

-- name: of_hstore_that_may_be_null
SELECT h -> 'a' AS a, n ? 'a' AS b, h || n AS c, avals(n) AS d, hstore_to_json(n) AS e FROM t;

-- name: sets_of_hstore
SELECT k, v, e.key, e.value FROM t, skeys(t.h) AS k, svals(t.h) AS v, each(t.h) AS e;

-- name: of_ltree
SELECT l <@ 'a' AS a, l ~ 'a.*' AS b, l || 'c' AS c, nlevel(l) AS d, l = 'a.b' AS e, subpath(l, 0) AS f FROM t WHERE id = 1;

-- name: read_as_a_name
SELECT l @ 'a' FROM t;
