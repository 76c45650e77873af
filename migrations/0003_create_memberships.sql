-- UP
CREATE TYPE membership_role AS ENUM ('owner', 'admin', 'member', 'viewer');

CREATE TABLE memberships (
    organization_id    uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    user_id            uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role               membership_role NOT NULL DEFAULT 'member',
    title              text,
    is_billing_contact boolean NOT NULL DEFAULT false,
    invited_by         uuid REFERENCES users ON DELETE SET NULL,
    joined_at          timestamptz NOT NULL DEFAULT now(),
    last_active_at     timestamptz,
    PRIMARY KEY (organization_id, user_id)
);

CREATE INDEX memberships_user_id_idx ON memberships (user_id);
CREATE INDEX memberships_invited_by_idx ON memberships (invited_by);
CREATE UNIQUE INDEX memberships_one_billing_contact ON memberships (organization_id) WHERE is_billing_contact;

COMMENT ON TABLE memberships IS 'Who belongs to which organization, and in which role.';
COMMENT ON COLUMN memberships.title IS 'Job title, as the organization wants it shown.';

-- DOWN
DROP TABLE memberships;
DROP TYPE membership_role;
