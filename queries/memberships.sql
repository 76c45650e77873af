-- name: list_members
-- Members of an organization with roles and groups, owners first.
SELECT
    m.user_id,
    u.email,
    u.display_name,
    m.role,
    m.title,
    inviter.display_name AS invited_by,
    m.joined_at,
    array_agg(g.name ORDER BY g.name) FILTER (WHERE g.id IS NOT NULL) AS groups
FROM memberships m
JOIN users u ON u.id = m.user_id
LEFT JOIN users inviter ON inviter.id = m.invited_by
LEFT JOIN group_members gm ON gm.organization_id = m.organization_id AND gm.user_id = m.user_id
LEFT JOIN groups g ON g.id = gm.group_id
WHERE m.organization_id = :organization_id AND u.deleted_at IS NULL
GROUP BY m.organization_id, m.user_id, u.id, inviter.id
ORDER BY m.role, u.display_name;

-- name: find_members
-- Members of an organization, as far as asked.
-- @optional roles, name, limit
-- @order joined = joined_at, user_id; name = display_name, user_id; last_seen = last_login_at DESC NULLS LAST, user_id
SELECT *
FROM organization_members
WHERE organization_id = :organization_id
  AND role = ANY(:roles)
  AND (display_name ILIKE '%' || :name || '%' OR email::text ILIKE :name || '%')
LIMIT :limit;

-- name: list_members_after
-- The next members after a given one, in the order in which they joined: pass joined_at and user_id of the
-- last row seen, or None for the first page.
SELECT *
FROM organization_members
WHERE organization_id = :organization_id
  AND (:joined_at::timestamptz IS NULL OR (joined_at, user_id) > (:joined_at, :user_id?::uuid))
ORDER BY joined_at, user_id
LIMIT :limit;

-- name: get_membership :optional
-- One user's place in one organization.
SELECT * FROM memberships WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: add_member
-- Adds a user, or changes the role of one who is a member already.
INSERT INTO memberships (organization_id, user_id, role, title, invited_by)
VALUES (:organization_id, :user_id, :role, :title, :invited_by)
ON CONFLICT (organization_id, user_id) DO UPDATE
SET role = EXCLUDED.role, title = coalesce(EXCLUDED.title, memberships.title)
RETURNING *;

-- name: change_role :affected
-- Gives a member another role; 0 where that would leave the organization without an owner.
-- Two owners who step down at the same moment need a serializable transaction.
UPDATE memberships m
SET role = :role
WHERE m.organization_id = :organization_id
  AND m.user_id = :user_id
  AND (
      :role::membership_role = 'owner'
      OR m.role <> 'owner'
      OR EXISTS (
          SELECT 1
          FROM memberships other
          WHERE other.organization_id = m.organization_id
            AND other.user_id <> m.user_id
            AND other.role = 'owner'
      )
  );

-- name: transfer_ownership :affected
-- Makes one member the owner and the present one an admin: 2 rows where both were changed.
UPDATE memberships
SET role = CASE user_id WHEN :new_owner_id THEN 'owner' ELSE 'admin' END::membership_role
WHERE organization_id = :organization_id AND user_id IN (:new_owner_id, :old_owner_id);

-- name: remove_member :affected
-- Ends a membership, and with it the user's places in groups.
DELETE FROM memberships WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: remove_members_of_domain
-- Removes everyone but owners whose address is in a domain, and returns whom.
DELETE FROM memberships m
USING users u
WHERE u.id = m.user_id
  AND m.organization_id = :organization_id
  AND m.role <> 'owner'
  AND split_part(u.email::text, '@', 2) = lower(:domain)
RETURNING u.id, u.email;

-- name: count_members_by_role
-- Members and how many of them were active lately, by role; roles that nobody has are left out.
SELECT
    m.role,
    count(*) AS members,
    count(*) FILTER (WHERE m.last_active_at > now() - :recently::interval) AS active
FROM memberships m
WHERE m.organization_id = :organization_id
GROUP BY m.role
ORDER BY m.role;

-- name: touch_membership :exec
-- Remembers that a member did something here.
UPDATE memberships
SET last_active_at = now()
WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: may :one
-- Whether a user may do this in an organization.
SELECT has_permission(:organization_id, :user_id, :permission) AS "allowed!";

-- name: list_permissions
-- What a member may do through groups, and a group that says so.
SELECT p.permission, p.granted_by
FROM effective_permissions(:organization_id, :user_id) AS p;

-- name: list_colleagues
-- Everyone who shares an organization with a user, each once, with the names of those organizations.
SELECT u.id, u.display_name, string_agg(o.name, ', ' ORDER BY o.name) AS shared
FROM memberships mine
JOIN memberships theirs ON theirs.organization_id = mine.organization_id AND theirs.user_id <> mine.user_id
JOIN users u ON u.id = theirs.user_id
JOIN organizations o ON o.id = mine.organization_id
WHERE mine.user_id = :user_id
GROUP BY u.id
ORDER BY u.display_name, u.id;
