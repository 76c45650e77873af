-- name: using_ties_columns
SELECT u.id, o.slug FROM users u JOIN orgs o USING (org_id) WHERE u.id = :id;
-- name: merged_column_by_another_key
SELECT u.id, o.slug FROM users u JOIN orgs o USING (org_id) WHERE org_id = :id AND u.email = :e;
-- name: another_collation
SELECT id FROM users WHERE email = :e COLLATE "C";
-- name: view_by_the_key_of_its_table
SELECT * FROM active WHERE id = :id;
-- name: view_by_what_it_groups_by
SELECT * FROM by_org WHERE org_id = :id;
-- name: union_by_all_columns
SELECT * FROM slugs WHERE slug = :id;
-- name: view_of_views
SELECT * FROM nested WHERE id = :id;
-- name: view_by_both_keys_of_a_junction
SELECT * FROM pairs WHERE uid = :id AND oid = :oid;
-- name: cte_with_a_star
WITH x AS (SELECT * FROM users) SELECT * FROM x WHERE id = :id;
-- name: distinct
SELECT * FROM (SELECT DISTINCT name FROM users) x WHERE name = :id;
-- name: star_and_window
SELECT * FROM (SELECT *, row_number() OVER () FROM users) x WHERE id = :id;
-- name: joined_with_a_view
SELECT u.id, a.slug FROM users u JOIN active a ON a.id = u.id WHERE u.id = :id;
-- name: view_by_no_key
SELECT * FROM active WHERE org_id = :id;
-- name: view_by_half_a_key
SELECT * FROM pairs WHERE uid = :id;
-- name: pages_of_a_view
-- @page id
SELECT id, slug FROM active;
-- name: pages_of_groups
-- @page n, org_id
SELECT * FROM by_org;
-- name: pages_of_a_junction
-- @page uid, oid
SELECT * FROM pairs;

-- name: using_twice
SELECT u.id, o.slug FROM users u LEFT JOIN orgs o USING (org_id) LEFT JOIN by_org b USING (org_id) WHERE u.id = :id;
-- name: natural
SELECT u.id, o.slug FROM users u NATURAL JOIN orgs o WHERE u.id = :id;
-- name: many_refer_to_the_merged_column
SELECT u.id, o.slug FROM users u JOIN orgs o USING (org_id) WHERE org_id = :id;
-- name: full_join
SELECT u.id, o.slug FROM users u FULL JOIN orgs o USING (org_id) WHERE u.id = :id;
-- name: lateral_of_a_fixed_row
SELECT u.id, x.role FROM users u, LATERAL (SELECT * FROM members m WHERE m.user_id = u.id) x WHERE u.id = :id AND x.org_id = :o;
-- name: lateral_of_many_rows
SELECT u.id, x.role FROM users u, LATERAL (SELECT o.* , u.name AS role FROM orgs o) x WHERE x.org_id = :o;
-- name: group_by_number
SELECT * FROM (SELECT lower(name) AS l, count(*) AS n FROM users GROUP BY 1) x WHERE l = :l;
-- name: rollup
SELECT * FROM (SELECT lower(name) AS l, org_id, count(*) AS n FROM users GROUP BY ROLLUP (1, 2)) x WHERE l = :l AND org_id = :o;
-- name: intersect
SELECT * FROM (SELECT id FROM users INTERSECT SELECT user_id FROM members) x WHERE id = :l;
-- name: except_all
SELECT * FROM (SELECT id FROM users EXCEPT ALL SELECT user_id FROM members) x WHERE id = :l;
-- name: except_of_no_key
SELECT * FROM (SELECT user_id FROM members EXCEPT ALL SELECT id FROM users) x WHERE user_id = :l;
-- name: union_all
SELECT * FROM (SELECT id FROM users UNION ALL SELECT user_id FROM members) x WHERE id = :l;
-- name: distinct_on
SELECT * FROM (SELECT DISTINCT ON (org_id) org_id, name FROM users ORDER BY org_id, id) x WHERE org_id = :l;
-- name: set_in_the_select_list
SELECT * FROM (SELECT id, generate_series(1, 3) AS n FROM users) x WHERE id = :l;

-- name: group_by_alias
SELECT * FROM (SELECT left(name, 1) AS initial, count(*) AS n FROM users GROUP BY initial) x WHERE initial = :i;
-- name: distinct_on_an_alias_that_hides_a_column
SELECT * FROM (SELECT DISTINCT ON (id) name AS id, org_id AS other FROM users) x WHERE other = :i;
-- name: recursive
WITH RECURSIVE x AS (SELECT id, 1 AS depth FROM users UNION ALL SELECT id, depth + 1 FROM x WHERE depth < 3)
SELECT * FROM x WHERE id = :id;
-- name: volatile_beside_another
SELECT c.id, o.name FROM clocks c JOIN orgs o ON o.org_id = c.n WHERE c.id = :id;
-- name: volatile_alone
SELECT id, n FROM clocks WHERE id = :id;
-- name: triggers_in_place_for_each_row_of_a_join
UPDATE watched w SET slug = 'x' FROM users u WHERE w.org_id = :id RETURNING w.slug, u.id;
-- name: triggers_in_place
UPDATE watched SET slug = 'x' WHERE org_id = :id RETURNING slug, org_id;
-- name: renamed_columns
SELECT k, l FROM by_org AS b (k, l) WHERE k = :k;
-- name: materialized
SELECT org_id, n FROM kept WHERE org_id = :id;

-- name: a_number_is_a_place_and_no_value
SELECT * FROM (SELECT DISTINCT ON (1) name, 1 AS one FROM users) x WHERE one = :one;
-- name: grouped_by_a_place
SELECT * FROM (SELECT name, 1 AS one FROM users GROUP BY 1) x WHERE one = :one;

-- name: numbers_that_are_the_same_as_floats
SELECT * FROM (SELECT n FROM numbers EXCEPT ALL SELECT 0::float8) x WHERE n = '1';
