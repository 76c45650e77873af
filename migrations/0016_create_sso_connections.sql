-- UP
CREATE TYPE sso_protocol AS ENUM ('oidc', 'saml');

CREATE TABLE sso_connections (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    protocol        sso_protocol NOT NULL,
    domain          citext NOT NULL UNIQUE,
    issuer          text NOT NULL,
    client_id       text,
    client_secret   bytea,
    attributes      jsonb NOT NULL DEFAULT '{}',
    is_enforced     boolean NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sso_connections_oidc_has_a_client CHECK (protocol <> 'oidc' OR client_id IS NOT NULL)
);

CREATE INDEX sso_connections_organization_id_idx ON sso_connections (organization_id);

CREATE TRIGGER sso_connections_set_updated_at
    BEFORE UPDATE ON sso_connections
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- These rows hold secrets: a query that forgets its WHERE must not show another tenant's.
-- The owner of the table, who migrates and seeds, is exempt; services connect as another role
-- and set app.tenant for the transaction. Unset, or reset to '', it shows nothing.
ALTER TABLE sso_connections ENABLE ROW LEVEL SECURITY;

CREATE POLICY sso_connections_of_the_tenant ON sso_connections
    USING (organization_id = nullif(current_setting('app.tenant', true), '')::uuid);

COMMENT ON TABLE sso_connections IS 'Sign-on with an organization''s own identity provider; to see rows, set app.tenant.';
COMMENT ON COLUMN sso_connections.domain IS 'Users with an address in this domain are sent to the provider.';
COMMENT ON COLUMN sso_connections.client_secret IS 'Encrypted by the service; NULL for public clients.';
COMMENT ON COLUMN sso_connections.attributes IS 'The provider''s name for each of our attributes: {"email": "mail"}.';
COMMENT ON COLUMN sso_connections.is_enforced IS 'Passwords are refused for this domain.';

-- DOWN
DROP TABLE sso_connections;
DROP TYPE sso_protocol;
