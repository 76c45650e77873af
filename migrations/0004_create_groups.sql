-- UP
CREATE TYPE permission AS ENUM (
    'users:read', 'users:write', 'keys:read', 'keys:write', 'audit:read', 'billing:read', 'billing:write'
);

CREATE TABLE groups (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    parent_id       uuid,
    name            text NOT NULL,
    description     text,
    permissions     permission[] NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, id),
    -- Both columns: a group cannot hang below a group of another organization.
    CONSTRAINT groups_parent_fkey FOREIGN KEY (organization_id, parent_id)
        REFERENCES groups (organization_id, id) ON DELETE SET NULL (parent_id),
    CONSTRAINT groups_parent_is_another CHECK (parent_id <> id)
);

CREATE UNIQUE INDEX groups_name_key ON groups (organization_id, lower(name));
CREATE INDEX groups_parent_idx ON groups (organization_id, parent_id);

CREATE TABLE group_members (
    organization_id uuid NOT NULL,
    group_id        uuid NOT NULL,
    user_id         uuid NOT NULL,
    added_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, user_id),
    CONSTRAINT group_members_group_fkey FOREIGN KEY (organization_id, group_id)
        REFERENCES groups (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT group_members_membership_fkey FOREIGN KEY (organization_id, user_id)
        REFERENCES memberships (organization_id, user_id) ON DELETE CASCADE
);

CREATE INDEX group_members_membership_idx ON group_members (organization_id, user_id);

CREATE FUNCTION effective_permissions(organization uuid, member uuid)
RETURNS TABLE (permission permission, granted_by text)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE held AS (
        SELECT g.id, g.parent_id, g.name, g.permissions
        FROM groups g
        JOIN group_members gm ON gm.group_id = g.id
        WHERE gm.organization_id = organization AND gm.user_id = member
        UNION
        SELECT g.id, g.parent_id, g.name, g.permissions
        FROM groups g
        JOIN held h ON h.parent_id = g.id
    )
    SELECT p.permission, min(h.name)
    FROM held h
    CROSS JOIN LATERAL unnest(h.permissions) AS p (permission)
    GROUP BY p.permission
    ORDER BY p.permission
$$;

CREATE FUNCTION has_permission(organization uuid, member uuid, wanted permission) RETURNS boolean
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (
        SELECT 1
        FROM memberships m
        WHERE m.organization_id = organization AND m.user_id = member AND m.role IN ('owner', 'admin')
    ) OR EXISTS (
        SELECT 1
        FROM effective_permissions(organization, member) AS e
        WHERE e.permission = wanted
    );
END;

COMMENT ON TABLE groups IS 'Members of an organization who share permissions; groups form trees.';
COMMENT ON COLUMN groups.permissions IS 'Held by the members of this group and of the groups below it.';
COMMENT ON TABLE group_members IS 'Who is in which group; leaving the organization leaves its groups.';
COMMENT ON FUNCTION effective_permissions(uuid, uuid) IS 'What a member may do through groups, each permission with one group.';
COMMENT ON FUNCTION has_permission(uuid, uuid, permission) IS 'Owners and admins may do everything, others what their groups grant.';

-- DOWN
DROP FUNCTION has_permission(uuid, uuid, permission);
DROP FUNCTION effective_permissions(uuid, uuid);
DROP TABLE group_members;
DROP TABLE groups;
DROP TYPE permission;
