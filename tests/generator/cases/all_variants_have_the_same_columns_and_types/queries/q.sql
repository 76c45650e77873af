-- name: set_operation
-- @optional a
SELECT label FROM items WHERE id = :a UNION SELECT name FROM owners;

-- name: type_told_by_what_goes
-- @optional a
SELECT id FROM items WHERE (price > :least::numeric AND id > :a) AND id < :least;

-- name: type_told_by_nothing_else
-- @optional a
SELECT id FROM items WHERE (made > :day::date AND id > :a) AND :day IS NOT NULL;

-- name: type_told_elsewhere
-- @optional a
SELECT id FROM items WHERE (made > :day::date AND id > :a) AND made::text < :day::date::text;

-- name: unknown_order
-- @order up = label, prise; down = label DESC
SELECT id FROM items;

-- name: order_of_a_union
-- @order up = lower(kind)
SELECT kind FROM items UNION SELECT name FROM owners;

-- name: default_that_there_is_not
-- @optional name
INSERT INTO owners (id, name) VALUES (3, :name);
