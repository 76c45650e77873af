-- name: subscribe :one
-- Starts a subscription today, with the product's trial period if it has one.
INSERT INTO subscriptions (organization_id, product_id, status, seats, period, discount)
SELECT
    :organization_id,
    p.id,
    CASE WHEN p.trial_period IS NULL THEN 'active' ELSE 'trialing' END::subscription_status,
    :seats,
    tstzrange(now(), now() + coalesce(p.trial_period, ('1 ' || p.billed_every)::interval)),
    :discount
FROM products p
WHERE p.sku = :sku AND p.seats @> :seats::integer
RETURNING id, number, status, period;

-- name: list_current_subscriptions
-- What an organization pays for at a time, and what that costs a billing interval.
SELECT
    s.id,
    s.number,
    p.sku,
    p.name AS product_name,
    s.status,
    s.seats,
    lower(s.period) AS "starts_at!",
    upper(s.period) AS ends_at,
    round(s.seats * p.price * (1 - coalesce(s.discount, 0)), 2) AS "amount!",
    p.currency
FROM subscriptions s
JOIN products p ON p.id = s.product_id
WHERE s.organization_id = :organization_id AND s.status <> 'cancelled' AND s.period @> :at::timestamptz
ORDER BY p.sku;

-- name: renew_subscription
-- The subscription with its period prolonged by one billing interval, or None where it has no end or is cancelled.
UPDATE subscriptions s
SET period = tstzrange(lower(s.period), upper(s.period) + ('1 ' || p.billed_every)::interval), status = 'active'
FROM products p
WHERE s.id = :id AND p.id = s.product_id AND s.status <> 'cancelled' AND NOT upper_inf(s.period)
RETURNING s.id, s.period;

-- name: cancel_subscription :affected
-- Ends a subscription now.
UPDATE subscriptions
SET status = 'cancelled', cancelled_at = now(), period = period * tstzrange(NULL, now())
WHERE id = :id AND status <> 'cancelled' AND lower(period) < now();

-- name: list_lapsing_subscriptions
-- Subscriptions that end within the given time, with whom to write to.
SELECT
    s.id,
    s.number,
    o.name AS organization_name,
    coalesce(contact.email, o.billing_email) AS email,
    upper(s.period) AS ends_at,
    s.renewal_notice_at
FROM subscriptions s
JOIN organizations o ON o.id = s.organization_id
LEFT JOIN memberships m ON m.organization_id = o.id AND m.is_billing_contact
LEFT JOIN users contact ON contact.id = m.user_id
WHERE s.status <> 'cancelled' AND upper(s.period) BETWEEN now() AND now() + :within::interval
ORDER BY ends_at;

-- name: sum_revenue
-- Monthly revenue at a time by product and currency, with totals where the product is None.
SELECT
    p.currency,
    p.sku,
    count(*) AS subscriptions,
    sum(s.seats) AS seats,
    sum(
        s.seats * p.price * (1 - coalesce(s.discount, 0)) / CASE p.billed_every WHEN 'month' THEN 1 ELSE 12 END
    )::numeric(12, 2) AS monthly
FROM subscriptions s
JOIN products p ON p.id = s.product_id
WHERE s.status IN ('active', 'past_due') AND s.period @> :at::timestamptz
GROUP BY p.currency, ROLLUP (p.sku)
ORDER BY p.currency, p.sku NULLS LAST;

-- name: list_organizations_without_subscription
-- Organizations that use the platform and pay for nothing.
SELECT o.id, o.slug, o.status, o.created_at
FROM organizations o
WHERE o.status <> 'closed'
  AND o.id NOT IN (
      SELECT s.organization_id FROM subscriptions s WHERE s.status <> 'cancelled' AND s.period @> now()
  )
ORDER BY o.created_at;
