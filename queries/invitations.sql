-- name: invite :one
-- Invites an address, or renews the pending invitation; was_new tells which.
INSERT INTO invitations AS i (organization_id, email, role, group_ids, message, token_hash, invited_by)
VALUES (:organization_id, :email, :role, :group_ids, :message, :token_hash, :invited_by)
ON CONFLICT (organization_id, email) WHERE status = 'pending' DO UPDATE
SET role = EXCLUDED.role,
    group_ids = EXCLUDED.group_ids,
    message = EXCLUDED.message,
    token_hash = EXCLUDED.token_hash,
    invited_by = EXCLUDED.invited_by,
    expires_at = EXCLUDED.expires_at
RETURNING i.id, i.expires_at, (i.xmax = 0) AS "was_new!";

-- name: get_invitation_by_token :optional
-- What the page behind the link in the mail shows.
SELECT
    i.id,
    i.email,
    i.role,
    i.message,
    i.expires_at,
    o.name AS organization_name,
    u.display_name AS invited_by,
    EXISTS (SELECT 1 FROM users known WHERE known.email = i.email AND known.deleted_at IS NULL) AS has_account
FROM invitations i
JOIN organizations o ON o.id = i.organization_id
LEFT JOIN users u ON u.id = i.invited_by
WHERE i.token_hash = :token_hash AND i.status = 'pending' AND i.expires_at > now();

-- name: accept_invitation :one
-- Makes the user a member, in the groups that still exist; NotFound for a token that is used, revoked or late.
WITH accepted AS (
    UPDATE invitations
    SET status = 'accepted', accepted_at = now(), accepted_by = :user_id
    WHERE token_hash = :token_hash AND status = 'pending' AND expires_at > now()
    RETURNING organization_id, role, group_ids, invited_by
), joined AS (
    INSERT INTO memberships (organization_id, user_id, role, invited_by)
    SELECT a.organization_id, :user_id, a.role, a.invited_by
    FROM accepted a
    ON CONFLICT (organization_id, user_id) DO NOTHING
), grouped AS (
    INSERT INTO group_members (organization_id, group_id, user_id)
    SELECT g.organization_id, g.id, :user_id
    FROM accepted a
    JOIN groups g ON g.organization_id = a.organization_id AND g.id = ANY(a.group_ids)
    ON CONFLICT (group_id, user_id) DO NOTHING
)
SELECT o.id AS organization_id, o.slug, o.name, a.role
FROM accepted a
JOIN organizations o ON o.id = a.organization_id;

-- name: list_pending_invitations
-- Open invitations of an organization with the names of their groups, the next to expire first.
SELECT
    i.id,
    i.email,
    i.role,
    i.created_at,
    i.expires_at,
    ARRAY(
        SELECT g.name FROM groups g WHERE g.id = ANY(i.group_ids) ORDER BY g.name
    ) AS group_names
FROM invitations i
WHERE i.organization_id = :organization_id AND i.status = 'pending' AND i.expires_at > now()
ORDER BY i.expires_at;

-- name: revoke_invitation :affected
-- Takes an invitation back before it is accepted.
UPDATE invitations SET status = 'revoked' WHERE id = :id AND status = 'pending';

-- name: expire_invitations
-- Closes the invitations whose time is over, and returns whom to tell.
UPDATE invitations i
SET status = 'expired'
FROM organizations o
WHERE o.id = i.organization_id AND i.status = 'pending' AND i.expires_at <= now()
RETURNING i.id, i.email, i.invited_by, o.name AS organization_name;

-- name: count_invitations_by_month
-- How many invitations were sent a month and how many of them were accepted.
SELECT
    date_trunc('month', i.created_at, 'UTC') AS month,
    count(*) AS sent,
    count(i.accepted_at) AS accepted,
    round(100.0 * count(i.accepted_at) / count(*), 1) AS "accepted_percent!",
    avg(i.accepted_at - i.created_at) AS average_delay
FROM invitations i
WHERE i.organization_id = :organization_id
GROUP BY 1
ORDER BY 1 DESC;
