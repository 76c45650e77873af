-- name: list_ancestors
WITH RECURSIVE up AS (
    SELECT id, parent_id, name, 1 AS depth FROM nodes WHERE id = :id
    UNION ALL
    SELECT n.id, n.parent_id, n.name, up.depth + 1 FROM nodes n JOIN up ON n.id = up.parent_id
)
SELECT id, parent_id, name, depth FROM up;

-- name: rotating_columns
WITH RECURSIVE r (a, b, c) AS (SELECT 1, 2, 3 UNION ALL SELECT b, c, NULL::integer FROM r WHERE a IS NOT NULL)
SELECT a, b, c FROM r;

-- name: a_name_that_stands_behind
WITH RECURSIVE a AS (SELECT id FROM nodes), nodes AS (SELECT NULL::integer AS id) SELECT id FROM a;

-- name: a_cte_inside_hides_a_table
WITH RECURSIVE w AS (WITH nodes AS (SELECT NULL::integer AS id) SELECT id FROM nodes UNION ALL SELECT id FROM w WHERE false)
SELECT id FROM w;
