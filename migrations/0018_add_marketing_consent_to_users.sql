-- UP
ALTER TABLE users
    ADD COLUMN accepts_marketing boolean NOT NULL DEFAULT false,
    ADD COLUMN accepted_marketing_at timestamptz,
    -- NOT VALID spares the scan under this statement's lock; the next migration makes up for it.
    ADD CONSTRAINT users_marketing_consent_has_a_time
        CHECK (NOT accepts_marketing OR accepted_marketing_at IS NOT NULL) NOT VALID;

COMMENT ON COLUMN users.accepted_marketing_at IS 'When consent was last given; kept after it is withdrawn.';

-- DOWN
ALTER TABLE users
    DROP CONSTRAINT users_marketing_consent_has_a_time,
    DROP COLUMN accepted_marketing_at,
    DROP COLUMN accepts_marketing;
