-- name: asked
SELECT is_member(1) AS member, is_here(1) AS here, first_name() AS first, own_name() AS own;
