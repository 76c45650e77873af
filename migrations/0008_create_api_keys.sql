-- UP
CREATE TABLE api_keys (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    created_by      uuid REFERENCES users ON DELETE SET NULL,
    replaced_by     uuid REFERENCES api_keys ON DELETE SET NULL,
    name            text NOT NULL,
    prefix          text NOT NULL,
    key_hash        bytea NOT NULL UNIQUE,
    scopes          text[] NOT NULL DEFAULT '{}',
    rate_limit      integer,
    use_count       bigint NOT NULL DEFAULT 0,
    last_used_at    timestamptz,
    last_used_from  inet,
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz,
    revoked_at      timestamptz,
    CONSTRAINT api_keys_prefix_length CHECK (length(prefix) = 8),
    CONSTRAINT api_keys_rate_limit_is_positive CHECK (rate_limit > 0)
);

-- A name is free again once its key has been revoked, which is what rotation relies on.
CREATE UNIQUE INDEX api_keys_name_key ON api_keys (organization_id, name) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_scopes_idx ON api_keys USING gin (scopes);
CREATE INDEX api_keys_created_by_idx ON api_keys (created_by);
CREATE INDEX api_keys_replaced_by_idx ON api_keys (replaced_by);

COMMENT ON TABLE api_keys IS 'Keys with which programs call the platform for an organization.';
COMMENT ON COLUMN api_keys.prefix IS 'The first characters of the key, shown to tell keys apart.';
COMMENT ON COLUMN api_keys.key_hash IS 'SHA-256 of the whole key.';
COMMENT ON COLUMN api_keys.replaced_by IS 'The key that came from rotating this one.';
COMMENT ON COLUMN api_keys.rate_limit IS 'Requests a minute; NULL: the limit of the subscription.';

-- DOWN
DROP TABLE api_keys;
