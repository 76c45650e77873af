-- UP
CREATE TYPE audit_severity AS ENUM ('info', 'notice', 'warning', 'critical');

-- A sequence of its own: before PostgreSQL 17, partitions cannot have identity columns.
CREATE SEQUENCE audit_log_ids;

CREATE TABLE audit_logs (
    id              bigint NOT NULL DEFAULT nextval('audit_log_ids'),
    organization_id uuid REFERENCES organizations ON DELETE SET NULL,
    actor_id        uuid REFERENCES users ON DELETE SET NULL,
    action          text NOT NULL,
    severity        audit_severity NOT NULL DEFAULT 'info',
    target_type     text,
    target_id       uuid,
    ip_address      inet,
    changes         jsonb,
    occurred_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (occurred_at, id)
) PARTITION BY RANGE (occurred_at);

ALTER SEQUENCE audit_log_ids OWNED BY audit_logs.id;

CREATE TABLE audit_logs_2026_10 PARTITION OF audit_logs
    FOR VALUES FROM ('2026-10-01 00:00+00') TO ('2026-11-01 00:00+00');
CREATE TABLE audit_logs_2026_11 PARTITION OF audit_logs
    FOR VALUES FROM ('2026-11-01 00:00+00') TO ('2026-12-01 00:00+00');
CREATE TABLE audit_logs_2026_12 PARTITION OF audit_logs
    FOR VALUES FROM ('2026-12-01 00:00+00') TO ('2027-01-01 00:00+00');
-- Nothing is ever refused. Months should be made ahead: one whose rows are in here already cannot be.
CREATE TABLE audit_logs_default PARTITION OF audit_logs DEFAULT;

CREATE INDEX audit_logs_organization_idx ON audit_logs (organization_id, occurred_at DESC, id DESC);
CREATE INDEX audit_logs_actor_idx ON audit_logs (actor_id, occurred_at DESC);
CREATE INDEX audit_logs_target_idx ON audit_logs (target_id, occurred_at DESC) WHERE target_id IS NOT NULL;

COMMENT ON TABLE audit_logs IS 'Who did what to what, a partition a month.';
COMMENT ON COLUMN audit_logs.organization_id IS 'NULL for what concerns the platform itself.';
COMMENT ON COLUMN audit_logs.actor_id IS 'NULL for scheduled work, and where the user is gone.';
COMMENT ON COLUMN audit_logs.action IS 'Subject and verb, such as user.locked.';
COMMENT ON COLUMN audit_logs.changes IS 'Old and new values: {"role": {"old": "member", "new": "admin"}}.';

-- DOWN
DROP TABLE audit_logs;
DROP TYPE audit_severity;
