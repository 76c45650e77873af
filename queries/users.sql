-- name: get_user :optional
-- The user with this id, deleted or not.
SELECT * FROM users WHERE id = :id;

-- name: find_user_for_login :optional
-- What signing in needs to know about the user with this address.
SELECT
    u.id,
    u.status,
    u.password_hash,
    EXISTS (
        SELECT 1 FROM mfa_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL
    ) AS needs_second_factor
FROM users u
WHERE u.email = :email AND u.deleted_at IS NULL;

-- name: list_users_by_id
-- The users with these ids, in no particular order; unknown ids are passed over.
SELECT * FROM users WHERE id = ANY(:ids);

-- name: register_user :one
-- A new user, who still has to confirm the address.
INSERT INTO users (email, name, password_hash, locale)
VALUES (:email, :name, :password_hash, :locale)
RETURNING *;

-- name: provision_user
-- The user with this address, made or brought up to date from a directory.
INSERT INTO users AS u (email, name, status, email_verified_at)
VALUES (:email, :name, 'active', now())
ON CONFLICT (email) WHERE deleted_at IS NULL DO UPDATE
SET name = coalesce(EXCLUDED.name, u.name)
RETURNING u.id, u.display_name, (u.xmax = 0) AS "was_created!";

-- name: update_profile
-- The user as changed, or None where the user is unknown or deleted. What is not given stays.
-- @optional name, locale, time_zone, birth_date
UPDATE users
SET name = :name, locale = :locale, time_zone = :time_zone, birth_date = :birth_date
WHERE id = :id AND deleted_at IS NULL
RETURNING *;

-- name: set_marketing_consent :affected
-- Gives or withdraws consent; the time at which it was given stays.
UPDATE users
SET accepts_marketing = :accepts,
    accepted_marketing_at = CASE WHEN :accepts THEN now() ELSE accepted_marketing_at END
WHERE id = :id;

-- name: search_users
-- Members of an organization whose name or address resembles the term, the most similar first.
SELECT
    u.id,
    u.email,
    u.display_name,
    m.role,
    greatest(similarity(u.display_name, :term::text), similarity(u.email::text, :term)) AS score
FROM users u
JOIN memberships m ON m.user_id = u.id
WHERE m.organization_id = :organization_id
  AND u.deleted_at IS NULL
  AND (u.display_name % :term OR u.email::text ILIKE '%' || :term || '%')
ORDER BY score DESC, u.id
LIMIT :limit;

-- name: list_users
-- Users, newest first, as far as asked.
-- @optional status, domain, signed_up_since
-- @page created_at DESC, id DESC
SELECT u.id, u.email, u.display_name, u.status, u.created_at
FROM users u
WHERE u.deleted_at IS NULL
  AND u.status = :status
  AND split_part(u.email::text, '@', 2) = lower(:domain)
  AND u.created_at >= :signed_up_since;

-- name: get_user_with_organizations :optional
-- A user with all memberships, as an application shows them after signing in.
SELECT
    u.id,
    u.display_name,
    u.email_verified_at IS NOT NULL AS is_verified,
    coalesce(
        jsonb_agg(
            jsonb_build_object('id', o.id, 'slug', o.slug, 'name', o.name, 'role', m.role)
            ORDER BY o.name
        ) FILTER (WHERE o.id IS NOT NULL),
        '[]'
    ) AS organizations
FROM users u
LEFT JOIN memberships m ON m.user_id = u.id
LEFT JOIN organizations o ON o.id = m.organization_id AND o.status <> 'closed'
WHERE u.id = :id
GROUP BY u.id;

-- name: verify_email :one
-- Marks the address as confirmed, once; NotFound where there was nothing to confirm.
UPDATE users
SET email_verified_at = now(),
    status = CASE status WHEN 'pending' THEN 'active' ELSE status END
WHERE id = :id AND email_verified_at IS NULL AND deleted_at IS NULL
RETURNING id, email, status;

-- name: record_login :exec
-- Remembers when the user signed in, and how risky that looked.
UPDATE users SET last_login_at = now(), risk_score = coalesce(:risk_score, risk_score) WHERE id = :id;

-- name: lock_user :one
-- Locks the user out everywhere and returns how many sessions that ended.
WITH locked AS (
    UPDATE users SET status = 'locked' WHERE id = :id RETURNING id
), revoked AS (
    UPDATE sessions s
    SET revoked_at = now()
    FROM locked l
    WHERE s.user_id = l.id AND s.revoked_at IS NULL
    RETURNING s.id
)
SELECT count(*) AS sessions_ended FROM revoked;

-- name: erase_user :affected
-- Forgets who the user was; the row stays without its data, because the audit trail points to it.
WITH unlinked AS (
    DELETE FROM identities WHERE user_id = :id
), signed_out AS (
    DELETE FROM sessions WHERE user_id = :id
)
UPDATE users
SET email = 'erased-' || id || '@invalid.example',
    name = NULL,
    password_hash = NULL,
    birth_date = NULL,
    metadata = '{}',
    accepts_marketing = false,
    status = 'deactivated',
    deleted_at = now()
WHERE id = :id AND deleted_at IS NULL;

-- name: delete_unverified_users :affected
-- Removes users who never confirmed their address within the given time and belong nowhere.
DELETE FROM users u
WHERE u.status = 'pending'
  AND u.email_verified_at IS NULL
  AND u.created_at < now() - :older_than::interval
  AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id);

-- name: count_users :one
-- How many users there are, by what matters to support.
SELECT
    count(*) AS total,
    count(*) FILTER (WHERE status = 'active') AS active,
    count(*) FILTER (WHERE status = 'locked') AS locked,
    count(*) FILTER (WHERE last_login_at > now() - INTERVAL '30 days') AS seen_this_month,
    max(last_login_at) AS last_login_at
FROM users
WHERE deleted_at IS NULL;

-- name: count_signups_by_day
-- Registrations a day (UTC), days without any included.
SELECT d.day::date AS day, count(u.id) AS signups
FROM generate_series(:first_day::date::timestamp, :last_day::date::timestamp, INTERVAL '1 day') AS d (day)
LEFT JOIN users u ON (u.created_at AT TIME ZONE 'UTC')::date = d.day::date
GROUP BY d.day
ORDER BY d.day;
