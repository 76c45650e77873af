-- name: by_key
-- @page id
SELECT * FROM items;

-- name: by_others_first
-- @page label DESC NULLS LAST, made, id DESC
SELECT i.id, i.label, i.made, o.name FROM items i LEFT JOIN owners o ON o.id = i.owner_id;

-- name: by_key_under_another_name
-- @page "the.key"
SELECT id AS "the.key", kind AS "the.kind" FROM items;

-- name: by_what_it_groups_by
-- @page items DESC, kind
SELECT kind, count(*) AS items FROM items GROUP BY 1;

-- name: with_parts_left_out
-- @optional kind, name
-- @page price, id
SELECT id, price FROM items WHERE kind = :kind AND EXISTS (SELECT FROM owners WHERE name = :name);

-- name: by_one_of_several_rows
-- @page id
SELECT o.id, i.label FROM owners o JOIN items i ON i.owner_id = o.id;

-- name: by_what_may_be_null
-- @page email
SELECT email, name FROM owners;

-- name: by_what_is_only_called_not_null
-- @page email
SELECT email AS "email!", name FROM owners;

-- name: by_what_condition_tells
-- @optional id
-- @page kind
SELECT kind FROM items WHERE id = :id;

-- name: by_an_unknown_column
-- @page idd
SELECT id FROM items;

-- name: by_a_type_without_an_order
-- @page owner, id
SELECT id, json_build_object('id', owner_id) AS owner FROM items;

-- name: with_an_order
-- @page id
SELECT id FROM items ORDER BY label;

-- name: with_a_limit
-- @page id
SELECT id FROM items LIMIT 3;

-- name: of_what_is_written
-- @page id
DELETE FROM items WHERE id = 99 RETURNING id;

-- name: of_one :one
-- @page id
SELECT id FROM items;

-- name: of_a_union
-- @page id
SELECT id FROM items UNION SELECT id FROM owners;

-- name: of_a_union_of_all
-- @page id
SELECT id FROM items UNION ALL SELECT id FROM owners;

-- name: of_distinct_rows
-- @page kind, id DESC
SELECT DISTINCT i.kind, o.id FROM items i JOIN owners o ON o.id = i.owner_id;

-- name: of_rows_that_are_distinct_in_part
-- @page kind
SELECT DISTINCT ON (label) kind, label FROM items;

-- name: that_writes
-- @page id
WITH gone AS (DELETE FROM items WHERE id = 99 RETURNING id) SELECT id FROM gone;
