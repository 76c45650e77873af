-- UP
CREATE VIEW organization_members AS
SELECT
    m.organization_id,
    o.slug AS organization_slug,
    m.user_id,
    u.email,
    u.display_name,
    u.status,
    m.role,
    m.title,
    m.joined_at,
    u.last_login_at
FROM memberships m
JOIN organizations o ON o.id = m.organization_id
JOIN users u ON u.id = m.user_id
WHERE u.deleted_at IS NULL;

CREATE VIEW active_sessions AS
SELECT
    s.id,
    s.user_id,
    s.organization_id,
    s.ip_address,
    s.user_agent,
    s.created_at,
    s.last_seen_at,
    s.expires_at
FROM sessions s
JOIN users u ON u.id = s.user_id
WHERE s.revoked_at IS NULL AND s.expires_at > now() AND u.status = 'active';

CREATE MATERIALIZED VIEW organization_summaries AS
SELECT
    o.id AS organization_id,
    o.slug,
    o.name,
    o.status,
    (SELECT count(*) FROM memberships m WHERE m.organization_id = o.id) AS members,
    (SELECT count(*) FROM api_keys k WHERE k.organization_id = o.id AND k.revoked_at IS NULL) AS api_keys,
    (SELECT max(s.last_seen_at) FROM sessions s WHERE s.organization_id = o.id) AS last_seen_at,
    coalesce(c.quantity, 0) AS usage_quantity
FROM organizations o
LEFT JOIN (
    SELECT organization_id, sum(quantity) AS quantity
    FROM usage_counters
    GROUP BY organization_id
) AS c ON c.organization_id = o.id;

-- REFRESH … CONCURRENTLY, which readers do not wait for, needs a unique index.
CREATE UNIQUE INDEX organization_summaries_key ON organization_summaries (organization_id);

COMMENT ON VIEW organization_members IS 'Memberships with the names that people know them by.';
COMMENT ON VIEW active_sessions IS 'Sessions that still let their user in.';
COMMENT ON MATERIALIZED VIEW organization_summaries IS 'Figures for the operators'' dashboard, refreshed every hour.';

-- DOWN
DROP MATERIALIZED VIEW organization_summaries;
DROP VIEW active_sessions;
DROP VIEW organization_members;
