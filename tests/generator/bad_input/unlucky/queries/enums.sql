-- name: get :one
SELECT 1 AS x;
