-- UP
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TYPE time_range AS RANGE (SUBTYPE = time);

CREATE TABLE login_policies (
    organization_id        uuid PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
    required_factors       mfa_kind[] NOT NULL DEFAULT '{}',
    trusted_authenticators uuid[],
    password_min_length    smallint NOT NULL DEFAULT 12,
    session_lifetime       interval NOT NULL DEFAULT '30 days',
    idle_timeout           interval,
    allowed_hours          time_range,
    purge_at               time NOT NULL DEFAULT '03:00',
    next_review_at         timestamp,
    updated_at             timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT login_policies_password_min_length CHECK (password_min_length BETWEEN 8 AND 128)
);

CREATE TRIGGER login_policies_set_updated_at
    BEFORE UPDATE ON login_policies
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE ip_allow_rules (
    id              integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    network         cidr NOT NULL,
    description     text,
    expires_on      date,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ip_allow_rules_do_not_overlap
        EXCLUDE USING gist (organization_id WITH =, network inet_ops WITH &&)
);

COMMENT ON TABLE login_policies IS 'How the members of an organization may sign in; without a row, the defaults hold.';
COMMENT ON COLUMN login_policies.required_factors IS 'A member needs one of these; empty: none is needed.';
COMMENT ON COLUMN login_policies.trusted_authenticators IS 'AAGUIDs of the WebAuthn authenticators accepted; NULL: all.';
COMMENT ON COLUMN login_policies.allowed_hours IS 'Local time of the organization; NULL: at any hour.';
COMMENT ON COLUMN login_policies.purge_at IS 'Local time at which expired sessions are deleted.';
COMMENT ON COLUMN login_policies.next_review_at IS 'Local time at which the owners are reminded to review the policy.';
COMMENT ON TABLE ip_allow_rules IS 'Networks from which an organization may be reached; without a row, all may.';

-- DOWN
DROP TABLE ip_allow_rules;
DROP TABLE login_policies;
DROP TYPE time_range;
DROP EXTENSION btree_gist;
