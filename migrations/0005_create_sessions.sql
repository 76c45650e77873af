-- UP
CREATE TABLE sessions (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    organization_id uuid REFERENCES organizations ON DELETE SET NULL,
    token_hash      bytea NOT NULL UNIQUE,
    ip_address      inet,
    user_agent      text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    last_seen_at    timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    CONSTRAINT sessions_token_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
    CONSTRAINT sessions_expire_after_creation CHECK (expires_at > created_at)
);

CREATE INDEX sessions_user_id_idx ON sessions (user_id, last_seen_at DESC);
CREATE INDEX sessions_organization_id_idx ON sessions (organization_id);
CREATE INDEX sessions_open_expires_at_idx ON sessions (expires_at) WHERE revoked_at IS NULL;

CREATE TYPE login_outcome AS ENUM ('success', 'unknown_user', 'wrong_password', 'wrong_code', 'locked');

CREATE TABLE login_attempts (
    id           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    email        email_address NOT NULL,
    user_id      uuid REFERENCES users ON DELETE SET NULL,
    outcome      login_outcome NOT NULL,
    ip_address   inet NOT NULL,
    country      char(2),
    attempted_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX login_attempts_email_idx ON login_attempts (email, attempted_at DESC);
CREATE INDEX login_attempts_user_id_idx ON login_attempts (user_id);
CREATE INDEX login_attempts_ip_address_idx ON login_attempts USING gist (ip_address inet_ops);

COMMENT ON TABLE sessions IS 'A signed-in device.';
COMMENT ON COLUMN sessions.organization_id IS 'The organization that the user works in at the moment.';
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the cookie; the cookie itself is never stored.';
COMMENT ON TABLE login_attempts IS 'Every attempt to sign in, for lock-out and reports.';
COMMENT ON COLUMN login_attempts.user_id IS 'NULL where nobody has this address.';

-- DOWN
DROP TABLE login_attempts;
DROP TYPE login_outcome;
DROP TABLE sessions;
