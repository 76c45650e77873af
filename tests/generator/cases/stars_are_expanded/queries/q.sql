-- name: one_table
SELECT * FROM a;

-- name: with_other_items
SELECT a.*, 1 AS one, b.k FROM a JOIN b ON b.a_id = a.id;

-- name: all_of_a_join
SELECT * FROM a LEFT JOIN b ON b.a_id = a.id;

-- name: in_returning
INSERT INTO a (id, "Name") VALUES (1, 'x') RETURNING *;

-- name: inside_a_subquery_it_stays
SELECT s.id FROM (SELECT * FROM a) s;

-- name: of_a_subquery
SELECT s.* FROM (SELECT * FROM a) s;

-- name: of_both_sides_of_a_union
SELECT * FROM b UNION ALL SELECT * FROM b;

-- name: counting_is_no_star
SELECT count(*) AS n, 2 * 3 AS product FROM a;
