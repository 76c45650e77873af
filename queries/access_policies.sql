-- name: get_login_policy :optional
-- The policy of an organization; without one, the defaults hold.
SELECT * FROM login_policies WHERE organization_id = $1;

-- name: save_login_policy :one
-- Sets how the members of an organization may sign in.
INSERT INTO login_policies (organization_id, required_factors, trusted_authenticators, idle_timeout, allowed_hours)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organization_id) DO UPDATE
SET required_factors = EXCLUDED.required_factors,
    trusted_authenticators = EXCLUDED.trusted_authenticators,
    idle_timeout = EXCLUDED.idle_timeout,
    allowed_hours = EXCLUDED.allowed_hours
RETURNING *;

-- name: is_login_allowed_now :one
-- Whether the hours of the policy allow signing in at this moment, by the clock of the organization.
SELECT coalesce(
    (
        SELECT p.allowed_hours IS NULL OR p.allowed_hours @> (now() AT TIME ZONE o.time_zone)::time
        FROM login_policies p
        JOIN organizations o ON o.id = p.organization_id
        WHERE p.organization_id = $1
    ),
    true
) AS is_allowed;

-- name: is_address_allowed :one
-- Whether an organization may be reached from an address: it has no rules, or one for a network around it.
SELECT NOT EXISTS (
    SELECT 1 FROM ip_allow_rules r WHERE r.organization_id = $1
) OR EXISTS (
    SELECT 1
    FROM ip_allow_rules r
    WHERE r.organization_id = $1
      AND r.network && $2::inet
      AND (r.expires_on IS NULL OR r.expires_on >= current_date)
) AS is_allowed;

-- name: allow_network :one
-- A new rule; networks of one organization may not overlap.
INSERT INTO ip_allow_rules (organization_id, network, description, expires_on)
VALUES ($1, $2, $3, $4)
RETURNING *;

-- name: list_allowed_networks
-- The rules of an organization, how many addresses each lets in, and whether it still counts.
SELECT
    r.id,
    r.network,
    r.description,
    2::numeric ^ (CASE family(r.network) WHEN 4 THEN 32 ELSE 128 END - masklen(r.network)) AS "addresses!",
    r.expires_on,
    coalesce(r.expires_on >= current_date, true) AS is_current
FROM ip_allow_rules r
WHERE r.organization_id = $1
ORDER BY r.network;

-- name: remove_network :affected
-- Removes a rule by its number.
DELETE FROM ip_allow_rules WHERE organization_id = $1 AND id = $2;
