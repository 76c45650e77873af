-- name: merged_alias
SELECT a.id, a.y FROM t a JOIN t b USING (id) AS j;

-- name: at_local
SELECT id, now() AT LOCAL AS moment FROM t WHERE id = :id;

-- name: sampled
SELECT id, y FROM t TABLESAMPLE SYSTEM (100);

-- name: operators_that_begin_like_a_placeholder
SELECT id, box '(1,1),(0,0)' ?# box '(2,2),(0,0)' AS meet FROM t;
