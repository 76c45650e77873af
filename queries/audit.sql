-- name: record_audit_event :one
-- Writes an event down and returns its number.
INSERT INTO audit_logs (organization_id, actor_id, action, severity, target_type, target_id, ip_address, changes)
VALUES (:organization_id, :actor_id, :action, :severity, :target_type, :target_id, :ip_address, :changes)
RETURNING id, occurred_at;

-- name: list_audit_trail_of_month
-- Everything that happened in an organization in the month (UTC) that begins on this day, newest first.
SELECT
    a.id,
    a.occurred_at,
    a.action,
    a.severity,
    coalesce(u.display_name, 'system') AS actor,
    a.target_type,
    a.target_id,
    a.ip_address,
    a.changes
FROM audit_logs a
LEFT JOIN users u ON u.id = a.actor_id
WHERE a.organization_id = :organization_id
  AND a.occurred_at >= :month::date::timestamp AT TIME ZONE 'UTC'
  AND a.occurred_at < (:month::date + INTERVAL '1 month') AT TIME ZONE 'UTC'
ORDER BY a.occurred_at DESC, a.id DESC;

-- name: stream_audit_trail :stream
-- Everything that happened in an organization since a time, oldest first: an export, however long.
SELECT
    a.id,
    a.occurred_at,
    a.action,
    a.severity,
    coalesce(u.display_name, 'system') AS actor,
    a.target_type,
    a.target_id,
    a.ip_address,
    a.changes
FROM audit_logs a
LEFT JOIN users u ON u.id = a.actor_id
WHERE a.organization_id = :organization_id AND a.occurred_at >= :since
ORDER BY a.occurred_at, a.id;

-- name: copy_audit_events :copy
-- Takes over what another system has recorded, with the times at which it happened.
INSERT INTO audit_logs (
    organization_id, actor_id, action, severity, target_type, target_id, ip_address, changes, occurred_at
)
VALUES (
    :organization_id, :actor_id, :action, :severity, :target_type, :target_id, :ip_address, :changes, :occurred_at
);

-- name: list_audit_trail
-- What happened in an organization, newest first, as far as asked.
-- @optional actor_id, severities, target_id, since, before
-- @page occurred_at DESC, id DESC
SELECT *
FROM audit_logs
WHERE organization_id = :organization_id
  AND actor_id = :actor_id
  AND severity = ANY(:severities)
  AND target_id = :target_id
  AND occurred_at >= :since
  AND occurred_at < :before;

-- name: list_history_of_target
-- What happened to one thing, and how long after the event before.
SELECT
    a.occurred_at,
    a.action,
    a.actor_id,
    a.changes,
    a.occurred_at - lag(a.occurred_at) OVER (ORDER BY a.occurred_at, a.id) AS after
FROM audit_logs a
WHERE a.target_type = :target_type AND a.target_id = :target_id
ORDER BY a.occurred_at, a.id;

-- name: list_changes_of_field
-- Old and new values of one field of one thing, the latest change first.
SELECT
    a.occurred_at,
    a.actor_id,
    a.changes -> :field::text ->> 'old' AS old_value,
    a.changes -> :field ->> 'new' AS new_value
FROM audit_logs a
WHERE a.target_id = :target_id AND a.changes ? :field
ORDER BY a.occurred_at DESC;

-- name: count_audit_events_by_severity
-- Events by severity since a time, severities without any included.
SELECT s.severity AS "severity!", count(a.id) AS events, max(a.occurred_at) AS last_occurred_at
FROM unnest(enum_range(NULL::audit_severity)) AS s (severity)
LEFT JOIN audit_logs a
    ON a.severity = s.severity AND a.organization_id = :organization_id AND a.occurred_at >= :since
GROUP BY s.severity
ORDER BY s.severity;

-- name: list_busiest_actors
-- Who did most since a time, with rank and share of the whole.
SELECT
    u.id,
    u.display_name,
    count(*) AS events,
    rank() OVER (ORDER BY count(*) DESC) AS rank,
    (count(*) / sum(count(*)) OVER ())::double precision AS "share!"
FROM audit_logs a
JOIN users u ON u.id = a.actor_id
WHERE a.organization_id = :organization_id AND a.occurred_at >= :since
GROUP BY u.id
ORDER BY events DESC, u.id
LIMIT :limit;

-- name: list_activity_of_user
-- What a user did, audited events and sign-ins together, newest first.
SELECT a.occurred_at, a.action, a.ip_address, true AS is_audited
FROM audit_logs a
WHERE a.actor_id = :user_id
UNION ALL
SELECT l.attempted_at, 'login.' || l.outcome::text, l.ip_address, false
FROM login_attempts l
WHERE l.user_id = :user_id
ORDER BY occurred_at DESC
LIMIT :limit;

-- name: delete_audit_events_before :affected
-- Removes what is older than has to be kept; whole months are dropped with their partition instead.
DELETE FROM audit_logs WHERE occurred_at < :before AND severity <> 'critical';
