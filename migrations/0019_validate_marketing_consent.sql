-- UP
-- In a transaction of its own, so that the table stays writable during the scan.
ALTER TABLE users VALIDATE CONSTRAINT users_marketing_consent_has_a_time;

-- DOWN
ALTER TABLE users
    DROP CONSTRAINT users_marketing_consent_has_a_time,
    ADD CONSTRAINT users_marketing_consent_has_a_time
        CHECK (NOT accepts_marketing OR accepted_marketing_at IS NOT NULL) NOT VALID;
