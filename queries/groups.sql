-- name: list_group_tree
-- The groups of an organization, each below its parent.
WITH RECURSIVE tree AS (
    SELECT g.id, g.name, g.permissions, 0 AS depth, ARRAY[g.name] AS path
    FROM groups g
    WHERE g.organization_id = :organization_id AND g.parent_id IS NULL
    UNION ALL
    SELECT g.id, g.name, g.permissions, t.depth + 1, t.path || g.name
    FROM groups g
    JOIN tree t ON g.parent_id = t.id
)
SELECT
    t.id,
    t.name,
    t.depth,
    t.permissions,
    (SELECT count(*) FROM group_members gm WHERE gm.group_id = t.id) AS members
FROM tree t
ORDER BY t.path;

-- name: list_groups_with_members
-- Groups with their members as JSON; a group without any has an empty list.
SELECT
    g.id,
    g.name,
    g.description,
    coalesce(
        (
            SELECT json_agg(
                json_build_object('id', u.id, 'name', u.display_name, 'since', gm.added_at)
                ORDER BY u.display_name
            )
            FROM group_members gm
            JOIN users u ON u.id = gm.user_id
            WHERE gm.group_id = g.id
        ),
        '[]'
    ) AS members
FROM groups g
WHERE g.organization_id = :organization_id
ORDER BY g.name;

-- name: save_group
-- A group by its name in any case: made, or given this description and these permissions.
INSERT INTO groups (organization_id, parent_id, name, description, permissions)
VALUES (:organization_id, :parent_id, :name, :description, :permissions)
ON CONFLICT (organization_id, lower(name)) DO UPDATE
SET description = EXCLUDED.description, permissions = EXCLUDED.permissions
RETURNING *;

-- name: add_users_to_group
-- Adds members of the organization to one of its groups and returns those who were not in it yet.
INSERT INTO group_members (organization_id, group_id, user_id)
SELECT g.organization_id, g.id, m.user_id
FROM groups g
JOIN memberships m ON m.organization_id = g.organization_id
WHERE g.id = :group_id AND m.user_id = ANY(:user_ids)
ON CONFLICT (group_id, user_id) DO NOTHING
RETURNING user_id;

-- name: remove_user_from_group :affected
-- Takes a user out of a group; the membership in the organization stays.
DELETE FROM group_members WHERE group_id = :group_id AND user_id = :user_id;

-- name: move_group :affected
-- Hangs a group below another one, or on top; 0 where it would end up below itself.
WITH RECURSIVE below AS (
    SELECT g.id FROM groups g WHERE g.id = :id
    UNION
    SELECT g.id FROM groups g JOIN below b ON g.parent_id = b.id
)
UPDATE groups
SET parent_id = :parent_id
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM below b WHERE b.id = :parent_id);

-- name: list_members_without_group
-- Members whom nobody has put into a group.
SELECT m.user_id, m.role
FROM memberships m
LEFT JOIN group_members gm ON gm.organization_id = m.organization_id AND gm.user_id = m.user_id
WHERE m.organization_id = :organization_id AND gm.group_id IS NULL
ORDER BY m.joined_at;
