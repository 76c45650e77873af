-- UP
CREATE TYPE user_status AS ENUM ('pending', 'active', 'locked', 'deactivated');

CREATE TABLE users (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email             email_address NOT NULL,
    name              text,
    display_name      text NOT NULL GENERATED ALWAYS AS (coalesce(name, split_part(email::text, '@', 1))) STORED,
    status            user_status NOT NULL DEFAULT 'pending',
    password_hash     bytea,
    locale            text NOT NULL DEFAULT 'en',
    time_zone         text,
    birth_date        date,
    risk_score        real,
    metadata          jsonb NOT NULL DEFAULT '{}',
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    email_verified_at timestamptz,
    last_login_at     timestamptz,
    deleted_at        timestamptz,
    CONSTRAINT users_birth_date_is_plausible CHECK (birth_date > DATE '1900-01-01'),
    CONSTRAINT users_risk_score_is_a_share CHECK (risk_score BETWEEN 0 AND 1)
);

-- An address is free again once its user has been deleted.
CREATE UNIQUE INDEX users_email_key ON users (email) WHERE deleted_at IS NULL;
CREATE INDEX users_lower_name_idx ON users (lower(name));
CREATE INDEX users_created_at_idx ON users (created_at DESC, id DESC);

CREATE TRIGGER users_set_updated_at
    BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE users IS 'A person who can sign in, in any number of organizations.';
COMMENT ON COLUMN users.display_name IS 'The name, or the part of the address before the @.';
COMMENT ON COLUMN users.password_hash IS 'Made outside the database; NULL for users who sign in elsewhere.';
COMMENT ON COLUMN users.time_zone IS 'NULL: the time zone of the organization.';
COMMENT ON COLUMN users.risk_score IS 'From 0 (trusted) to 1; NULL before the first assessment.';
COMMENT ON COLUMN users.deleted_at IS 'Deleted users stay, without their data, for the audit trail.';

-- DOWN
DROP TABLE users;
DROP TYPE user_status;
