-- name: distances
SELECT v <-> '[1,1]' AS a, v <=> '[1,1]' AS b, l2_distance(v, '[1,1]') AS c, v + v AS d, vector_dims(v) AS e FROM t;

-- name: of_what_may_be_null
SELECT v <-> n AS a, n <=> v AS b, cosine_distance(v, n) AS c, v * n AS d, v IS NOT DISTINCT FROM n AS e FROM t;

-- name: nearest
SELECT id, v <-> :to AS distance FROM t ORDER BY v <-> :to LIMIT 1;

-- name: what_cannot_be_parsed
SELECT v <#> '[1,1]' AS a FROM t;
