CREATE TYPE @_status AS ENUM ('draft', 'active', 'suspended', 'closed');

CREATE TABLE @s (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id bigint NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    owner_id bigint REFERENCES users (id) ON DELETE SET NULL,
    code text NOT NULL CHECK (code <> ''),
    title text NOT NULL,
    description text,
    status @_status NOT NULL DEFAULT 'draft',
    amount numeric(12, 2) NOT NULL DEFAULT 0 CHECK (amount >= 0),
    rating double precision,
    labels text[] NOT NULL DEFAULT '{}',
    attributes jsonb NOT NULL DEFAULT '{}',
    starts_on date,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    UNIQUE (organization_id, code)
);
CREATE UNIQUE INDEX @s_one_draft ON @s (owner_id) WHERE status = 'draft';
CREATE INDEX @s_labels ON @s USING gin (labels);

CREATE TABLE @_items (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    @_id uuid NOT NULL REFERENCES @s (id) ON DELETE CASCADE,
    position integer NOT NULL CHECK (position > 0),
    quantity integer NOT NULL DEFAULT 1,
    unit_price numeric(12, 2) NOT NULL,
    total numeric(14, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
    note text,
    UNIQUE (@_id, position)
);

CREATE TABLE @_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    @_id uuid NOT NULL REFERENCES @s (id) ON DELETE CASCADE,
    actor_id bigint REFERENCES users (id),
    kind text NOT NULL,
    payload jsonb,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX @_events_by_time ON @_events (@_id, at DESC);

CREATE TABLE @_links (
    @_id uuid NOT NULL REFERENCES @s (id) ON DELETE CASCADE,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role member_role NOT NULL DEFAULT 'viewer',
    expires_at timestamptz,
    PRIMARY KEY (@_id, user_id)
);

CREATE VIEW active_@s AS
SELECT s.id, s.organization_id, s.code, s.title, s.amount, s.labels, s.created_at,
       o.name AS organization, u.email AS owner_email
FROM @s s
JOIN organizations o ON o.id = s.organization_id
LEFT JOIN users u ON u.id = s.owner_id
WHERE s.deleted_at IS NULL AND s.status = 'active';

CREATE VIEW @_totals AS
SELECT a.id, a.title, a.organization, count(i.id) AS items, coalesce(sum(i.total), 0) AS total, max(i.note) AS note
FROM active_@s a
LEFT JOIN @_items i ON i.@_id = a.id
GROUP BY a.id, a.title, a.organization;
