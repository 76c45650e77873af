-- UP
CREATE TYPE invitation_status AS ENUM ('pending', 'accepted', 'revoked', 'expired');

CREATE TABLE invitations (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    email           email_address NOT NULL,
    role            membership_role NOT NULL DEFAULT 'member',
    group_ids       uuid[] NOT NULL DEFAULT '{}',
    message         text,
    token_hash      bytea NOT NULL UNIQUE,
    status          invitation_status NOT NULL DEFAULT 'pending',
    invited_by      uuid REFERENCES users ON DELETE SET NULL,
    accepted_by     uuid REFERENCES users ON DELETE SET NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL DEFAULT now() + INTERVAL '14 days',
    accepted_at     timestamptz,
    CONSTRAINT invitations_accepted_at_matches_status CHECK ((status = 'accepted') = (accepted_at IS NOT NULL))
);

CREATE UNIQUE INDEX invitations_one_pending ON invitations (organization_id, email) WHERE status = 'pending';
CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);
CREATE INDEX invitations_accepted_by_idx ON invitations (accepted_by);

COMMENT ON TABLE invitations IS 'Offers to join an organization, sent by mail.';
COMMENT ON COLUMN invitations.group_ids IS 'Groups to join on acceptance; those deleted meanwhile are passed over.';

-- DOWN
DROP TABLE invitations;
DROP TYPE invitation_status;
