-- name: an_unqualified_name_means_the_inner_column
SELECT (SELECT max(x) FROM t WHERE false) AS inner_x, (SELECT count(x) FROM u) AS n FROM u;

-- name: a_condition_inside_proves_nothing_outside
SELECT t.x FROM t WHERE EXISTS (SELECT 1 FROM u t WHERE t.x > 0);

-- name: a_condition_about_an_outer_column_is_not_about_the_inner_one
SELECT (SELECT i.x FROM t i WHERE o.x > 0 AND i.id = o.id) AS x FROM t o;

-- name: quoted_names
SELECT "Ref", t."Ref" AS again FROM t WHERE t.id = (SELECT "Ref");

-- name: alias_lists_rename
SELECT a, c FROM t AS t2 (c, a, b) WHERE a > 1;
