-- name: authenticate_api_key :optional
-- What a key may do, if it is good and its organization is; counts the use.
UPDATE api_keys k
SET use_count = k.use_count + 1, last_used_at = now(), last_used_from = :ip_address
FROM organizations o
WHERE k.key_hash = :key_hash
  AND k.revoked_at IS NULL
  AND (k.expires_at IS NULL OR k.expires_at > now())
  AND o.id = k.organization_id
  AND o.status IN ('trial', 'active')
RETURNING k.id, k.organization_id, o.slug AS organization_slug, k.scopes, k.rate_limit;

-- name: list_api_keys
-- The keys of an organization that still work, and who made them.
SELECT
    k.id,
    k.name,
    k.prefix,
    k.scopes,
    u.display_name AS created_by,
    k.use_count,
    k.last_used_at,
    k.expires_at,
    coalesce(k.expires_at < now() + INTERVAL '14 days', false) AS expires_soon
FROM api_keys k
LEFT JOIN users u ON u.id = k.created_by
WHERE k.organization_id = :organization_id
  AND k.revoked_at IS NULL
  AND (k.expires_at IS NULL OR k.expires_at > now())
ORDER BY k.name;

-- name: list_api_keys_with_scopes
-- Keys that hold every one of these scopes.
SELECT id, name, prefix, scopes
FROM api_keys
WHERE organization_id = :organization_id AND scopes @> :scopes AND revoked_at IS NULL
ORDER BY name;

-- name: rotate_api_key :one
-- Puts a new key in the place of one, with its name, scopes and limits; NotFound where the organization
-- has no such key that still works.
WITH fresh AS (
    SELECT gen_random_uuid() AS id
), old AS (
    UPDATE api_keys k
    SET revoked_at = now(), replaced_by = f.id
    FROM fresh f
    WHERE k.id = :id AND k.organization_id = :organization_id AND k.revoked_at IS NULL
    RETURNING k.*
)
INSERT INTO api_keys (id, organization_id, created_by, name, prefix, key_hash, scopes, rate_limit, expires_at)
SELECT
    old.replaced_by,
    old.organization_id,
    :rotated_by,
    old.name,
    :prefix,
    :key_hash,
    old.scopes,
    old.rate_limit,
    now() + (old.expires_at - old.created_at)
FROM old
RETURNING id, name, scopes, expires_at;

-- name: grant_scopes
-- The scopes after these have been added, each once and in order.
UPDATE api_keys
SET scopes = ARRAY(SELECT DISTINCT s.scope FROM unnest(scopes || :scopes::text[]) AS s (scope) ORDER BY s.scope)
WHERE id = :id
RETURNING scopes;

-- name: withdraw_scope :affected
-- Takes one scope from all keys of an organization that hold it.
UPDATE api_keys
SET scopes = array_remove(scopes, :scope)
WHERE organization_id = :organization_id AND :scope = ANY(scopes);

-- name: revoke_api_key :affected
-- Ends a key of an organization for good.
UPDATE api_keys
SET revoked_at = now()
WHERE id = :id AND organization_id = :organization_id AND revoked_at IS NULL;

-- name: list_rotations
-- A key and those that replaced it, one after the other.
WITH RECURSIVE chain AS (
    SELECT k.id, k.prefix, k.created_at, k.revoked_at, k.replaced_by, 1 AS generation
    FROM api_keys k
    WHERE k.id = :id
    UNION ALL
    SELECT k.id, k.prefix, k.created_at, k.revoked_at, k.replaced_by, c.generation + 1
    FROM api_keys k
    JOIN chain c ON k.id = c.replaced_by
)
SELECT c.id, c.prefix, c.generation, c.created_at, c.revoked_at
FROM chain c
ORDER BY c.generation;

-- name: count_keys_by_scope
-- How many working keys hold each scope.
SELECT s.scope, count(*) AS keys
FROM api_keys k
CROSS JOIN LATERAL unnest(k.scopes) AS s (scope)
WHERE k.organization_id = :organization_id AND k.revoked_at IS NULL AND s.scope IS NOT NULL
GROUP BY s.scope
ORDER BY keys DESC, s.scope;
