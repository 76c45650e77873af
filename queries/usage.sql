-- name: record_usage :optional
-- The number of a usage event, or None where it was reported before under the same key.
INSERT INTO usage_events (idempotency_key, organization_id, api_key_id, user_id, metric, quantity, duration_ms)
VALUES (:idempotency_key, :organization_id, :api_key_id, :user_id, :metric, :quantity, :duration_ms)
ON CONFLICT (idempotency_key) DO NOTHING
RETURNING id;

-- name: record_usages
-- Many usage events of one key in one statement; returns the keys of those that were not reported before.
-- @bulk
INSERT INTO usage_events (idempotency_key, organization_id, api_key_id, metric, quantity, duration_ms)
VALUES (
    :idempotency_key,
    (SELECT k.organization_id FROM api_keys k WHERE k.id = :api_key_id),
    :api_key_id,
    :metric,
    :quantity,
    :duration_ms
)
ON CONFLICT (idempotency_key) DO NOTHING
RETURNING idempotency_key;

-- name: list_usage_by_day
-- One metric day by day, days without usage included, with the total up to each day.
-- @replica
SELECT
    u.day,
    u.events,
    u.quantity,
    sum(u.quantity) OVER (ORDER BY u.day) AS running_total
FROM usage_by_day(:organization_id, :metric, :first_day, :last_day) AS u
ORDER BY u.day;

-- name: compare_usage
-- Each metric in two periods side by side; one that occurs in one of them only is there too.
-- @replica
SELECT
    coalesce(this.metric, before.metric) AS "metric!",
    coalesce(this.quantity, 0) AS quantity,
    coalesce(before.quantity, 0) AS quantity_before
FROM (
    SELECT c.metric, sum(c.quantity) AS quantity
    FROM usage_counters c
    WHERE c.organization_id = :organization_id AND c.day <@ :period::daterange
    GROUP BY c.metric
) AS this
FULL JOIN (
    SELECT c.metric, sum(c.quantity) AS quantity
    FROM usage_counters c
    WHERE c.organization_id = :organization_id AND c.day <@ :period_before::daterange
    GROUP BY c.metric
) AS before ON before.metric = this.metric
ORDER BY 1;

-- name: list_usage_peaks
-- The day of greatest use of every metric of an organization.
-- @replica
SELECT DISTINCT ON (c.metric) c.metric, c.day, c.quantity, c.slowest_ms
FROM usage_counters c
WHERE c.organization_id = :organization_id
ORDER BY c.metric, c.quantity DESC, c.day DESC;

-- name: list_usage_by_key
-- Usage since a time by API key, with the key's name; None for what was used by people.
-- @replica
SELECT
    k.name AS key_name,
    k.prefix,
    count(*) AS events,
    sum(e.quantity) AS quantity,
    max(e.duration_ms) AS slowest_ms
FROM usage_events e
LEFT JOIN api_keys k ON k.id = e.api_key_id
WHERE e.organization_id = :organization_id AND e.recorded_at >= :since
GROUP BY k.id
ORDER BY quantity DESC;

-- name: list_top_organizations
-- Organizations by use of one metric since a day, and in which quarter of the field they are.
SELECT
    o.id,
    o.name,
    sum(c.quantity) AS quantity,
    ntile(4) OVER (ORDER BY sum(c.quantity) DESC) AS quartile
FROM usage_counters c
JOIN organizations o ON o.id = c.organization_id
WHERE c.metric = :metric AND c.day >= :since
GROUP BY o.id
ORDER BY quantity DESC
LIMIT :limit;

-- name: rebuild_usage_counters :affected
-- Makes the counters of a day (UTC) agree with its events again, after events were corrected by hand.
MERGE INTO usage_counters c
USING (
    SELECT
        e.organization_id,
        e.metric,
        count(*) AS events,
        sum(e.quantity) AS quantity,
        max(e.duration_ms) AS slowest_ms
    FROM usage_events e
    WHERE (e.recorded_at AT TIME ZONE 'UTC')::date = :day
    GROUP BY e.organization_id, e.metric
) AS counted
ON c.organization_id = counted.organization_id AND c.metric = counted.metric AND c.day = :day
WHEN MATCHED THEN
    UPDATE SET events = counted.events, quantity = counted.quantity, slowest_ms = counted.slowest_ms
WHEN NOT MATCHED THEN
    INSERT (organization_id, metric, day, events, quantity, slowest_ms)
    VALUES (counted.organization_id, counted.metric, :day, counted.events, counted.quantity, counted.slowest_ms);

-- name: delete_usage_before :one
-- Removes events that have been billed, the counters stay; returns how many and how much they add up to.
WITH deleted AS (
    DELETE FROM usage_events WHERE recorded_at < :before RETURNING quantity
)
SELECT count(*) AS events, coalesce(sum(d.quantity), 0) AS quantity FROM deleted d;
