-- name: condition_that_stays
-- @optional kind
SELECT label FROM items WHERE label > :label? AND kind = :kind;

-- name: condition_that_may_go
-- @optional label
SELECT label, price FROM items WHERE label > :label AND price IS NOT NULL;

-- name: key_that_stays
-- @optional kind
SELECT kind FROM items WHERE id = :id? AND kind = :kind;

-- name: key_that_may_go
-- @optional id
SELECT kind FROM items WHERE id = :id;

-- name: limit_that_may_go
-- @optional offset
SELECT count(*) AS items FROM items OFFSET :offset;

-- name: match_of_an_outer_join
-- @optional name
SELECT i.id, o.id AS owner, o.name FROM items i LEFT JOIN owners o ON o.id = i.owner_id WHERE o.name = :name;

-- name: nested_value
-- @optional name
SELECT i.id, o.id AS "owner.id", o.email AS "owner.email"
FROM items i LEFT JOIN owners o ON o.id = i.owner_id
WHERE o.name = :name;

-- name: document
-- @optional label
SELECT json_build_object('label', label, 'kind', kind) AS item FROM items WHERE label = :label;

-- name: assigned
-- @optional label, price
UPDATE items SET label = :label!, price = :price! WHERE id = 1 RETURNING label, price, kind;

-- name: given
-- @optional kind, made
INSERT INTO items (id, kind, made, price) VALUES (9, :kind, :made!, 1) RETURNING kind, made, price;

-- name: claimed
-- @optional label
SELECT label AS "label?", kind AS "kind?" FROM items WHERE label = :label;

-- name: read_by_an_operand
-- @optional name
SELECT id FROM items WHERE EXISTS (SELECT FROM owners o WHERE o.id = owner_id AND o.name = :name);

-- name: in_a_cte
-- @optional label
WITH few AS (SELECT id, label FROM items WHERE label = :label AND id > 1) SELECT * FROM few;

-- name: ordered
-- @order up = label, id; down = label DESC NULLS LAST, id DESC
SELECT * FROM items LIMIT 2;
