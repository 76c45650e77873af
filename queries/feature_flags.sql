-- name: is_feature_enabled :one
-- Whether an organization has a feature: as its exception says, else by its place in the roll-out.
-- @cache 10min
SELECT coalesce(
    (
        SELECT coalesce(
            x.is_enabled,
            f.is_enabled AND abs(hashtext(f.key || (@organization_id::uuid)::text) % 100) < f.rollout * 100
        )
        FROM feature_flags f
        LEFT JOIN feature_flag_overrides x
            ON x.flag_key = f.key AND x.organization_id = @organization_id::uuid
        WHERE f.key = @key
    ),
    false
) AS is_enabled;

-- name: list_flags_for_organization
-- All flags with what an organization has of them.
-- @cache 10min
SELECT
    f.key,
    f.description,
    coalesce(x.is_enabled, f.is_enabled) AS is_enabled,
    x.flag_key IS NOT NULL AS is_exception,
    coalesce(x.variant, f.variants[1]) AS variant
FROM feature_flags f
LEFT JOIN feature_flag_overrides x ON x.flag_key = f.key AND x.organization_id = @organization_id
ORDER BY f.key;

-- name: save_flag
-- A flag by its key: made, or changed to this.
INSERT INTO feature_flags (key, description, is_enabled, rollout, variants, owner_id)
VALUES (@key, @description, @is_enabled, @rollout, @variants, @owner_id)
ON CONFLICT (key) DO UPDATE
SET description = EXCLUDED.description,
    is_enabled = EXCLUDED.is_enabled,
    rollout = EXCLUDED.rollout,
    variants = EXCLUDED.variants,
    owner_id = EXCLUDED.owner_id
RETURNING *;

-- name: set_override :exec
-- Makes an exception for an organization.
INSERT INTO feature_flag_overrides (flag_key, organization_id, is_enabled, variant, reason)
VALUES (@flag_key, @organization_id, @is_enabled, @variant, @reason)
ON CONFLICT (flag_key, organization_id) DO UPDATE
SET is_enabled = EXCLUDED.is_enabled, variant = EXCLUDED.variant, reason = EXCLUDED.reason;

-- name: clear_override :affected
-- Takes the exception back.
DELETE FROM feature_flag_overrides WHERE flag_key = @flag_key AND organization_id = @organization_id;

-- name: copy_overrides :affected
-- Gives an organization the exceptions of another one, where it has none of its own.
INSERT INTO feature_flag_overrides (flag_key, organization_id, is_enabled, variant, reason)
SELECT x.flag_key, @target_id::uuid, x.is_enabled, x.variant, x.reason
FROM feature_flag_overrides x
WHERE x.organization_id = @source_id
ON CONFLICT (flag_key, organization_id) DO NOTHING;

-- name: list_unused_flags
-- Flags that are on for all, or off for all, and could be removed from the code.
SELECT f.key, f.is_enabled, u.email AS owner_email, f.updated_at
FROM feature_flags f
LEFT JOIN users u ON u.id = f.owner_id
WHERE (f.rollout = 1 OR NOT f.is_enabled)
  AND NOT EXISTS (
      SELECT 1 FROM feature_flag_overrides x WHERE x.flag_key = f.key AND x.is_enabled <> f.is_enabled
  )
ORDER BY f.updated_at;
