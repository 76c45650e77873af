-- name: embedded_on_the_nullable_side
SELECT u.id, sqlc.embed(o) FROM users u LEFT JOIN orgs o ON o.id = u.org_id;

-- name: embedded_twice
SELECT sqlc.embed(users), sqlc.embed(orgs) FROM users JOIN orgs ON orgs.id = users.org_id;

-- name: dotted_names
SELECT u.id, o.id AS "org.id", o.name AS "org.name", o.note AS "org.note" FROM users u LEFT JOIN orgs o ON o.id = u.org_id;

-- name: dotted_names_of_two_relations_are_each_there
SELECT u.id, o.id AS "x.id", l.y AS "x.y" FROM users u LEFT JOIN orgs o ON o.id = u.org_id LEFT JOIN loose l ON l.x = u.id;

-- name: joined_together_absent_together
SELECT u.id, o.id AS "x.id", l.y AS "x.y" FROM users u LEFT JOIN (orgs o JOIN loose l ON l.x = o.id) ON o.id = u.org_id;

-- name: without_a_column_that_is_never_null_all_of_them_tell
SELECT u.id, l.x AS "l.x", l.y AS "l.y" FROM users u LEFT JOIN loose l ON l.x = u.id;

-- name: a_condition_that_refuses_null_makes_it_present
SELECT u.id, sqlc.embed(o) FROM users u LEFT JOIN orgs o ON o.id = u.org_id WHERE o.name <> '';

-- name: through_a_subquery
SELECT s.id, s.oid AS "org.id", s.oname AS "org.name" FROM (SELECT u.id, o.id AS oid, o.name AS oname FROM users u LEFT JOIN orgs o ON o.id = u.org_id) s;

-- name: nested_deeper
SELECT u.id, o.id AS "org.id", o2.id AS "org.twin.id", o2.note AS "org.twin.note" FROM users u LEFT JOIN orgs o ON o.id = u.org_id LEFT JOIN orgs o2 ON o2.id = o.id + 1;

-- name: what_the_author_says_stands
SELECT u.id, o.id AS "org.id!", o.name AS "org.name?" FROM users u LEFT JOIN orgs o ON o.id = u.org_id;

-- name: listed
-- @nest members by id
SELECT o.id, o.name, u.id AS "members.id", u.name AS "members.name" FROM orgs o LEFT JOIN users u ON u.org_id = o.id;

-- name: of_a_join_that_cannot_be_told
SELECT o.id AS "org.id", o.name AS "org.name" FROM ROWS FROM (generate_series(1, 2), generate_series(5, 6)) AS g (id, i) FULL JOIN orgs o USING (id);

-- name: embedded_in_a_subquery
SELECT s.id FROM (SELECT sqlc.embed(u) FROM users u) s;

-- name: embedded_what_is_not_there
SELECT sqlc.embed(nobody) FROM users u;

-- name: listed_what_is_not_there
-- @nest member by id
SELECT o.id, u.id AS "members.id" FROM orgs o LEFT JOIN users u ON u.org_id = o.id;

-- name: listed_by_what_is_not_there
-- @nest members by oid
SELECT o.id, u.id AS "members.id" FROM orgs o LEFT JOIN users u ON u.org_id = o.id;

-- name: twice_the_same
SELECT o.id AS "o.id", sqlc.embed(o) FROM orgs o;

-- name: a_limit_would_cut_the_last_list
-- @nest members by id
SELECT o.id, u.id AS "members.id" FROM orgs o LEFT JOIN users u ON u.org_id = o.id LIMIT 5;

-- name: listed_by_what_has_no_hash
-- @nest members by ids
SELECT ARRAY[o.id] AS ids, u.id AS "members.id" FROM orgs o LEFT JOIN users u ON u.org_id = o.id;
