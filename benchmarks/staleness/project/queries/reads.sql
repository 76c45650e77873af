-- name: read_owners :many
-- @cache 30s
SELECT id, name, touched FROM owners ORDER BY id;

-- name: read_accounts :many
-- @cache 30s
SELECT id, owner_id, balance FROM accounts ORDER BY id;

-- name: read_wide_accounts :many
-- @cache 30s
SELECT id, owner_id, balance, note FROM accounts ORDER BY id;

-- name: read_movements :many
-- @cache 30s
SELECT id, account_id, amount FROM movements ORDER BY id;

-- name: read_badges :many
-- @cache 30s
SELECT id, owner_id FROM badges ORDER BY id;

-- name: read_slow :many
-- @cache 30s
SELECT id, balance FROM slow ORDER BY id;

-- name: read_rich :many
-- @cache 30s
SELECT id, owner_id, balance FROM rich ORDER BY id;

-- name: read_totals :many
-- @cache 30s
SELECT id, total FROM totals ORDER BY id;

-- name: read_of_owner :many
-- @cache 30s
SELECT id, total_of(id) AS total FROM owners ORDER BY id;

-- name: read_events :many
-- @cache 30s
SELECT id, at FROM events ORDER BY id;

-- name: read_events_2026 :many
-- @cache 30s
SELECT id, at FROM events_2026 ORDER BY id;

-- name: read_places :many
-- @cache 30s
SELECT id, name FROM places ORDER BY id;

-- name: read_towns :many
-- @cache 30s
SELECT id, name, mayor FROM towns ORDER BY id;

-- name: read_odd :many
-- @cache 30s
SELECT id, "größe" FROM "Odd ""Name"" s" ORDER BY id;

-- name: read_side :many
-- @cache 30s
SELECT id, balance FROM side.accounts ORDER BY id;

-- name: read_secrets :many
-- @cache 30s key app.tenant
SELECT id, secret FROM secrets ORDER BY id;

-- name: read_replicated_accounts :many
-- @cache 30s
-- @replica
SELECT id, owner_id, balance FROM accounts ORDER BY id;
