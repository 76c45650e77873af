-- name: list_sso_connections
-- The connections of the tenant: row level security hides all others, and all where app.tenant is not set.
SELECT id, protocol, domain, issuer, is_enforced, updated_at
FROM sso_connections
ORDER BY domain;

-- name: get_sso_connection_by_domain :optional
-- Where users with an address in this domain sign in.
SELECT * FROM sso_connections WHERE domain = :domain;

-- name: save_sso_connection
-- A connection by its domain: made, or changed to this.
INSERT INTO sso_connections AS c (organization_id, protocol, domain, issuer, client_id, client_secret, attributes)
VALUES (:organization_id, :protocol, :domain, :issuer, :client_id, :client_secret, :attributes)
ON CONFLICT (domain) DO UPDATE
SET issuer = EXCLUDED.issuer,
    client_id = EXCLUDED.client_id,
    client_secret = coalesce(EXCLUDED.client_secret, c.client_secret),
    attributes = EXCLUDED.attributes
RETURNING c.id, c.created_at, c.updated_at;

-- name: enforce_sso :affected
-- Refuses passwords for a domain, or accepts them again.
UPDATE sso_connections SET is_enforced = :is_enforced WHERE id = :id;

-- name: list_users_of_domain
-- Members with an address in the domain of a connection, and whether they have signed in with it.
SELECT
    u.id,
    u.email,
    i.subject,
    i.last_used_at,
    i.id IS NOT NULL AS is_linked
FROM sso_connections c
JOIN memberships m ON m.organization_id = c.organization_id
JOIN users u ON u.id = m.user_id AND split_part(u.email::text, '@', 2)::citext = c.domain
LEFT JOIN identities i ON i.user_id = u.id AND i.provider = 'sso'
WHERE c.id = :id
ORDER BY u.email;
