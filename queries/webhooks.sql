-- name: subscribe_to_event
-- The events after this one has been added; unchanged where it was among them.
UPDATE webhooks
SET events = CASE WHEN :event = ANY(events) THEN events ELSE array_append(events, :event) END
WHERE id = :id
RETURNING events;

-- name: enqueue_deliveries
-- Puts an event into the queue of every webhook that wants it, and returns the new deliveries.
INSERT INTO webhook_deliveries (webhook_id, event, payload)
SELECT w.id, :event::webhook_event, :payload::jsonb
FROM webhooks w
WHERE w.organization_id = :organization_id AND w.is_enabled AND :event = ANY(w.events)
RETURNING id, webhook_id;

-- name: claim_deliveries
-- Takes deliveries that are due, for the time of the lease: workers share the queue without waiting for each other.
WITH due AS MATERIALIZED (
    SELECT d.id
    FROM webhook_deliveries d
    WHERE d.next_attempt_at <= now()
    ORDER BY d.next_attempt_at
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
UPDATE webhook_deliveries d
SET status = 'sending', attempts = d.attempts + 1, next_attempt_at = now() + :lease::interval
FROM due, webhooks w
WHERE d.id = due.id AND w.id = d.webhook_id
RETURNING d.id, d.event, d.payload, d.attempts, w.url, w.secret, w.headers;

-- name: complete_delivery :affected
-- Takes a delivery out of the queue, unless its lease ran out and another worker has it by now.
UPDATE webhook_deliveries
SET status = 'delivered',
    response_status = :response_status,
    duration_ms = :duration_ms,
    last_error = NULL,
    next_attempt_at = NULL,
    delivered_at = now()
WHERE id = :id AND attempts = :attempts AND status = 'sending';

-- name: fail_delivery :optional
-- Tries a delivery again later, each time after twice the pause, until it has had all its attempts.
-- None where another worker has it by now.
UPDATE webhook_deliveries
SET status = CASE WHEN attempts < :max_attempts THEN 'pending' ELSE 'failed' END::delivery_status,
    next_attempt_at = CASE WHEN attempts < :max_attempts THEN now() + INTERVAL '30 seconds' * 2 ^ attempts END,
    response_status = :response_status,
    duration_ms = :duration_ms,
    last_error = :error
WHERE id = :id AND attempts = :attempts AND status = 'sending'
RETURNING status, attempts, next_attempt_at;

-- name: list_webhooks_with_last_delivery
-- The webhooks of an organization and how their latest call went.
SELECT
    w.id,
    w.url,
    w.events,
    w.is_enabled,
    latest.status AS last_status,
    latest.response_status AS last_response_status,
    latest.created_at AS last_created_at
FROM webhooks w
LEFT JOIN LATERAL (
    SELECT d.status, d.response_status, d.created_at
    FROM webhook_deliveries d
    WHERE d.webhook_id = w.id
    ORDER BY d.created_at DESC, d.id DESC
    LIMIT 1
) AS latest ON true
WHERE w.organization_id = :organization_id
ORDER BY w.url;

-- name: measure_deliveries
-- Count, failures and duration of the calls of each webhook since a time.
SELECT
    d.webhook_id,
    count(*) AS calls,
    count(*) FILTER (WHERE d.status = 'failed') AS failures,
    avg(d.duration_ms) AS average_ms,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY d.duration_ms) AS slow_ms
FROM webhook_deliveries d
JOIN webhooks w ON w.id = d.webhook_id
WHERE w.organization_id = :organization_id AND d.created_at >= :since
GROUP BY d.webhook_id
ORDER BY calls DESC, d.webhook_id;

-- name: disable_failing_webhooks
-- Disables the webhooks whose last deliveries, as many as given, all failed; returns whom to tell.
UPDATE webhooks w
SET is_enabled = false
FROM organizations o
WHERE o.id = w.organization_id
  AND w.is_enabled
  AND (
      SELECT count(*) = :failures::bigint AND bool_and(recent.status = 'failed')
      FROM (
          SELECT d.status
          FROM webhook_deliveries d
          WHERE d.webhook_id = w.id
          ORDER BY d.created_at DESC, d.id DESC
          LIMIT :failures
      ) AS recent
  )
RETURNING w.id, w.url, o.billing_email;

-- name: retry_failed_deliveries :affected
-- Puts the failed deliveries of a webhook back into the queue.
UPDATE webhook_deliveries
SET status = 'pending', attempts = 0, next_attempt_at = now()
WHERE webhook_id = :webhook_id AND status = 'failed';

-- name: delete_old_deliveries :affected
-- Removes what an organization's webhooks delivered before a time.
DELETE FROM webhook_deliveries d
USING webhooks w
WHERE w.id = d.webhook_id
  AND w.organization_id = :organization_id
  AND d.status = 'delivered'
  AND d.delivered_at < :before;
