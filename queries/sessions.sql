-- name: create_session :one
-- A new session, which ends after the lifetime that the organization's policy sets (30 days without one).
INSERT INTO sessions (user_id, organization_id, token_hash, ip_address, user_agent, expires_at)
VALUES (
    :user_id,
    :organization_id,
    :token_hash,
    :ip_address,
    :user_agent,
    now() + coalesce(
        (SELECT p.session_lifetime FROM login_policies p WHERE p.organization_id = :organization_id),
        INTERVAL '30 days'
    )
)
RETURNING *;

-- name: authenticate_session :optional
-- The user behind a cookie, if the session is good; notes that it was seen.
UPDATE sessions s
SET last_seen_at = now()
FROM users u
WHERE s.token_hash = :token_hash
  AND s.revoked_at IS NULL
  AND s.expires_at > now()
  AND u.id = s.user_id
  AND u.status = 'active'
RETURNING s.id, s.organization_id, u.id AS user_id, u.email, u.display_name;

-- name: list_active_sessions
-- Where a user is signed in, the latest first.
SELECT
    a.*,
    o.name AS organization_name,
    now() - a.last_seen_at AS idle_for
FROM active_sessions a
LEFT JOIN organizations o ON o.id = a.organization_id
WHERE a.user_id = :user_id
ORDER BY a.last_seen_at DESC;

-- name: switch_organization :affected
-- Works in another organization from now on; 0 where the user is not a member of it.
UPDATE sessions s
SET organization_id = m.organization_id
FROM memberships m
WHERE s.id = :id AND m.user_id = s.user_id AND m.organization_id = :organization_id;

-- name: revoke_session :affected
-- Signs one device out.
UPDATE sessions SET revoked_at = now() WHERE id = :id AND user_id = :user_id AND revoked_at IS NULL;

-- name: revoke_other_sessions
-- Signs a user out everywhere else and returns which sessions that ended.
UPDATE sessions
SET revoked_at = now()
WHERE user_id = :user_id AND id <> :current_id AND revoked_at IS NULL
RETURNING id, ip_address, user_agent;

-- name: revoke_idle_sessions :affected
-- Ends the sessions that were idle for longer than their organization allows.
UPDATE sessions s
SET revoked_at = now()
FROM login_policies p
WHERE p.organization_id = s.organization_id
  AND p.idle_timeout IS NOT NULL
  AND s.last_seen_at < now() - p.idle_timeout
  AND s.revoked_at IS NULL;

-- name: delete_ended_sessions :affected
-- Removes at most so many sessions that ended long enough ago: repeat until it returns 0.
DELETE FROM sessions
WHERE id IN (
    SELECT s.id
    FROM sessions s
    WHERE coalesce(s.revoked_at, s.expires_at) < now() - :older_than::interval
    LIMIT :limit
);

-- name: list_latest_sessions
-- The latest session of each member of an organization.
SELECT DISTINCT ON (s.user_id)
    s.user_id,
    u.display_name,
    s.ip_address,
    s.user_agent,
    s.last_seen_at
FROM sessions s
JOIN users u ON u.id = s.user_id
WHERE s.organization_id = :organization_id
ORDER BY s.user_id, s.last_seen_at DESC;

-- name: list_excess_sessions
-- Open sessions beyond the newest few of each user, for those who limit devices.
SELECT ranked.id, ranked.user_id, ranked.position
FROM (
    SELECT
        s.id,
        s.user_id,
        row_number() OVER (PARTITION BY s.user_id ORDER BY s.last_seen_at DESC, s.id) AS position
    FROM sessions s
    WHERE s.organization_id = :organization_id AND s.revoked_at IS NULL
) AS ranked
WHERE ranked.position > :allowed
ORDER BY ranked.user_id, ranked.position;

-- name: count_sessions_by_network
-- From which networks (/24 or /48) the open sessions come.
SELECT
    network(set_masklen(s.ip_address, CASE family(s.ip_address) WHEN 4 THEN 24 ELSE 48 END)) AS network,
    count(*) AS sessions,
    count(DISTINCT s.user_id) AS users
FROM sessions s
WHERE s.revoked_at IS NULL AND s.ip_address IS NOT NULL
GROUP BY 1
ORDER BY 2 DESC, 1;
