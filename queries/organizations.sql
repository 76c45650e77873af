-- name: get_organization :optional
-- The organization with this id.
SELECT * FROM organizations WHERE id = :id;

-- name: get_organization_by_slug :optional
-- The organization with this name in URLs, and its owner of longest standing.
SELECT
    o.id,
    o.name,
    o.status,
    o.time_zone,
    owner.user_id AS owner_id,
    owner.display_name AS owner_name
FROM organizations o
LEFT JOIN LATERAL (
    SELECT om.user_id, om.display_name
    FROM organization_members om
    WHERE om.organization_id = o.id AND om.role = 'owner'
    ORDER BY om.joined_at
    LIMIT 1
) AS owner ON true
WHERE o.slug = :slug;

-- name: create_organization :one
-- A new organization with its first owner, who is also the billing contact.
WITH created AS (
    INSERT INTO organizations (slug, name, billing_email)
    VALUES (:slug, :name, :billing_email)
    RETURNING *
), first_owner AS (
    INSERT INTO memberships (organization_id, user_id, role, is_billing_contact)
    SELECT c.id, :owner_id::uuid, 'owner', true FROM created c
)
SELECT c.id, c.slug, c.name, c.status, c.created_at FROM created c;

-- name: list_organizations_of_user
-- Where a user belongs, and as what.
SELECT o.*, m.role, m.joined_at
FROM memberships m
JOIN organizations o ON o.id = m.organization_id
WHERE m.user_id = :user_id AND o.status <> 'closed'
ORDER BY o.name;

-- name: get_billing_address
-- Where the invoices of an organization go.
SELECT
    o.billing_email,
    o.billing_address,
    (o.billing_address).city AS city,
    (o.billing_address).country AS country
FROM organizations o
WHERE o.id = :id;

-- name: set_billing_address :affected
-- Changes where invoices go; None clears either.
UPDATE organizations
SET billing_email = :billing_email, billing_address = :billing_address
WHERE id = :id;

-- name: merge_organization_settings
-- The settings after these keys have been added or replaced.
UPDATE organizations
SET settings = settings || :settings
WHERE id = :id
RETURNING settings;

-- name: list_organizations_with_settings
-- Organizations whose settings contain the given JSON, such as {"beta": true}.
SELECT o.id, o.slug, o.settings ->> 'theme' AS theme
FROM organizations o
WHERE o.settings @> :settings
ORDER BY o.slug;

-- name: list_organization_tree
-- An organization and all those below it, each with its depth and the path of names that leads there.
WITH RECURSIVE tree AS (
    SELECT o.id, o.parent_id, o.name, 0 AS depth, ARRAY[o.name] AS path
    FROM organizations o
    WHERE o.id = :id
    UNION ALL
    SELECT o.id, o.parent_id, o.name, t.depth + 1, t.path || o.name
    FROM organizations o
    JOIN tree t ON o.parent_id = t.id
)
SELECT t.id, t.parent_id, t.name, t.depth, t.path
FROM tree t
ORDER BY t.path;

-- name: get_organization_overview
-- The figures on an organization's front page.
SELECT
    o.id,
    o.name,
    (SELECT count(*) FROM memberships m WHERE m.organization_id = o.id) AS members,
    (SELECT count(*) FROM invitations i WHERE i.organization_id = o.id AND i.status = 'pending') AS open_invitations,
    (SELECT max(s.last_seen_at) FROM sessions s WHERE s.organization_id = o.id) AS last_seen_at,
    (
        SELECT p.name
        FROM subscriptions sub
        JOIN products p ON p.id = sub.product_id
        WHERE sub.organization_id = o.id AND sub.period @> now() AND sub.status <> 'cancelled'
        ORDER BY p.price DESC
        LIMIT 1
    ) AS plan
FROM organizations o
WHERE o.id = :id;

-- name: search_organizations
-- Organizations with a similar name, the most similar first; status None means any.
SELECT o.id, o.slug, o.name, o.status, similarity(o.name, :term::text) AS score
FROM organizations o
WHERE o.name % :term AND (:status::organization_status IS NULL OR o.status = :status)
ORDER BY score DESC, o.name
LIMIT :limit;

-- name: suspend_overdue_organizations
-- Suspends the organizations that owe for a subscription that ended longer ago than the grace period.
UPDATE organizations o
SET status = 'suspended'
FROM subscriptions s
JOIN products p ON p.id = s.product_id
WHERE s.organization_id = o.id
  AND s.status = 'past_due'
  AND upper(s.period) < now() - :grace::interval
  AND o.status = 'active'
RETURNING o.id, o.slug, o.billing_email, s.number AS subscription_number, p.name AS product_name;

-- name: close_organization :affected
-- Closes an organization; its data stays until it is deleted.
UPDATE organizations SET status = 'closed', closed_at = now() WHERE id = :id AND status <> 'closed';

-- name: list_organization_summaries
-- The operators' dashboard, as of the last refresh.
SELECT * FROM organization_summaries ORDER BY usage_quantity DESC, slug;

-- name: refresh_organization_summaries :exec
-- Brings the dashboard up to date, while others go on reading it.
REFRESH MATERIALIZED VIEW CONCURRENTLY organization_summaries;
