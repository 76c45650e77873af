-- name: a_foreign_key_proves_no_partner
SELECT u.id, t.y FROM u LEFT JOIN t ON t.id = u.t_id;

-- name: inner_join
SELECT u.id, t.y FROM u JOIN t ON t.id = u.t_id;
