-- UP
CREATE TABLE feature_flags (
    key         text PRIMARY KEY,
    description text,
    is_enabled  boolean NOT NULL DEFAULT false,
    rollout     real NOT NULL DEFAULT 0,
    variants    text[],
    owner_id    uuid REFERENCES users ON DELETE SET NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT feature_flags_key_format CHECK (key ~ '^[a-z][a-z0-9_]*$'),
    CONSTRAINT feature_flags_rollout_is_a_share CHECK (rollout BETWEEN 0 AND 1)
);

CREATE INDEX feature_flags_owner_id_idx ON feature_flags (owner_id);

CREATE TRIGGER feature_flags_set_updated_at
    BEFORE UPDATE ON feature_flags
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE feature_flag_overrides (
    flag_key        text NOT NULL REFERENCES feature_flags ON UPDATE CASCADE ON DELETE CASCADE,
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    is_enabled      boolean NOT NULL,
    variant         text,
    reason          text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (flag_key, organization_id)
);

CREATE INDEX feature_flag_overrides_organization_id_idx ON feature_flag_overrides (organization_id);

COMMENT ON TABLE feature_flags IS 'Features that are being rolled out.';
COMMENT ON COLUMN feature_flags.rollout IS 'Share of the organizations that have it while it is enabled.';
COMMENT ON COLUMN feature_flags.variants IS 'NULL for a flag that is only on or off.';
COMMENT ON TABLE feature_flag_overrides IS 'Exceptions for one organization.';

-- DOWN
DROP TABLE feature_flag_overrides;
DROP TABLE feature_flags;
