-- UP
CREATE TABLE usage_events (
    id              bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    idempotency_key uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    api_key_id      uuid REFERENCES api_keys ON DELETE SET NULL,
    user_id         uuid REFERENCES users ON DELETE SET NULL,
    metric          text NOT NULL,
    quantity        numeric NOT NULL DEFAULT 1,
    duration_ms     double precision,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT usage_events_quantity_is_positive CHECK (quantity > 0)
);

CREATE INDEX usage_events_organization_idx ON usage_events (organization_id, metric, recorded_at);
CREATE INDEX usage_events_api_key_id_idx ON usage_events (api_key_id);
CREATE INDEX usage_events_user_id_idx ON usage_events (user_id);

CREATE TABLE usage_counters (
    organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    metric          text NOT NULL,
    day             date NOT NULL,
    events          bigint NOT NULL DEFAULT 0,
    quantity        numeric NOT NULL DEFAULT 0,
    slowest_ms      double precision,
    PRIMARY KEY (organization_id, metric, day)
);

CREATE FUNCTION count_usage() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_counters AS c (organization_id, metric, day, events, quantity, slowest_ms)
    VALUES (
        NEW.organization_id, NEW.metric, (NEW.recorded_at AT TIME ZONE 'UTC')::date, 1, NEW.quantity, NEW.duration_ms
    )
    ON CONFLICT (organization_id, metric, day) DO UPDATE
    SET events = c.events + 1,
        quantity = c.quantity + EXCLUDED.quantity,
        slowest_ms = greatest(c.slowest_ms, EXCLUDED.slowest_ms);
    RETURN NULL;
END
$$;

CREATE TRIGGER usage_events_count
    AFTER INSERT ON usage_events
    FOR EACH ROW EXECUTE FUNCTION count_usage();

CREATE FUNCTION usage_by_day(organization uuid, measured text, first_day date, last_day date)
RETURNS TABLE (day date, events bigint, quantity numeric)
LANGUAGE sql STABLE AS $$
    SELECT d.day::date, coalesce(c.events, 0), coalesce(c.quantity, 0)
    FROM generate_series(first_day::timestamp, last_day::timestamp, INTERVAL '1 day') AS d (day)
    LEFT JOIN usage_counters c
        ON c.day = d.day::date AND c.organization_id = organization AND c.metric = measured
    ORDER BY d.day
$$;

COMMENT ON TABLE usage_events IS 'What is metered, one row an event; kept until it is billed.';
COMMENT ON COLUMN usage_events.idempotency_key IS 'Chosen by the caller, so that a repeated report counts once.';
COMMENT ON TABLE usage_counters IS 'Usage events added up by UTC day; written by a trigger.';
COMMENT ON FUNCTION usage_by_day(uuid, text, date, date) IS 'Every day from the first to the last, those without usage included.';

-- DOWN
DROP FUNCTION usage_by_day(uuid, text, date, date);
DROP TABLE usage_counters;
DROP TABLE usage_events;
DROP FUNCTION count_usage();
