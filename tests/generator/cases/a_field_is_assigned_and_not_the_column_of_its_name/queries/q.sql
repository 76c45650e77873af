-- name: field
UPDATE t SET pair.f = 1 RETURNING f, pair;

-- name: element
UPDATE t SET a[2] = 1 RETURNING a, f;
