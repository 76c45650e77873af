-- UP
CREATE EXTENSION IF NOT EXISTS citext;

CREATE DOMAIN email_address AS citext
    CONSTRAINT email_address_format CHECK (VALUE ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$');

CREATE DOMAIN slug AS text
    CONSTRAINT slug_format CHECK (VALUE ~ '^[a-z0-9]+(-[a-z0-9]+)*$');

CREATE TYPE postal_address AS (
    street      text,
    city        text,
    postal_code text,
    country     char(2)
);

CREATE TYPE organization_status AS ENUM ('trial', 'active', 'suspended', 'closed');

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE TABLE organizations (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    parent_id       uuid REFERENCES organizations ON DELETE SET NULL,
    slug            slug NOT NULL UNIQUE,
    name            text NOT NULL CONSTRAINT organizations_name_length CHECK (length(name) BETWEEN 1 AND 200),
    status          organization_status NOT NULL DEFAULT 'trial',
    time_zone       text NOT NULL DEFAULT 'UTC',
    billing_email   email_address,
    billing_address postal_address,
    settings        jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    closed_at       timestamptz,
    CONSTRAINT organizations_parent_is_another CHECK (parent_id <> id),
    CONSTRAINT organizations_closed_at_matches_status CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);

CREATE INDEX organizations_parent_id_idx ON organizations (parent_id);
CREATE INDEX organizations_settings_idx ON organizations USING gin (settings jsonb_path_ops);

CREATE TRIGGER organizations_set_updated_at
    BEFORE UPDATE ON organizations
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE organizations IS 'A customer of the platform: the tenant that everything else belongs to.';
COMMENT ON COLUMN organizations.parent_id IS 'The organization that owns this one, as a holding owns its companies.';
COMMENT ON COLUMN organizations.slug IS 'Name in URLs.';
COMMENT ON COLUMN organizations.time_zone IS 'IANA name; local times elsewhere are meant in this zone.';
COMMENT ON TYPE postal_address IS 'An address as it is printed on an invoice.';

-- DOWN
DROP TABLE organizations;
DROP FUNCTION set_updated_at();
DROP TYPE organization_status;
DROP TYPE postal_address;
DROP DOMAIN slug;
DROP DOMAIN email_address;
DROP EXTENSION citext;
