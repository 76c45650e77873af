-- name: record_login_attempt :one
-- Writes the attempt down and returns its number.
INSERT INTO login_attempts (email, user_id, outcome, ip_address, country)
VALUES (
    :email,
    (SELECT u.id FROM users u WHERE u.email = :email::email_address AND u.deleted_at IS NULL),
    :outcome,
    :ip_address,
    :country
)
RETURNING id;

-- name: count_recent_failures :one
-- Failures since the last success, within the window, for an address: what lock-out goes by.
SELECT count(*) AS failures, max(a.attempted_at) AS last_failure_at
FROM login_attempts a
WHERE a.email = :email
  AND a.outcome <> 'success'
  AND a.attempted_at > now() - :within::interval
  AND a.attempted_at > coalesce(
      (SELECT max(s.attempted_at) FROM login_attempts s WHERE s.email = :email AND s.outcome = 'success'),
      '-infinity'
  );

-- name: list_suspicious_addresses
-- Addresses that tried many different users without much luck.
SELECT
    a.ip_address,
    count(*) AS attempts,
    count(DISTINCT a.email) AS users_tried,
    array_agg(DISTINCT a.country) FILTER (WHERE a.country IS NOT NULL) AS countries
FROM login_attempts a
WHERE a.attempted_at > now() - :within::interval
GROUP BY a.ip_address
HAVING count(DISTINCT a.email) >= :min_users::bigint
   AND bool_and(a.outcome <> 'success')
ORDER BY attempts DESC;

-- name: count_logins_by_outcome
-- Attempts by outcome, with the share of each and a last row for the total.
SELECT
    a.outcome,
    count(*) AS attempts,
    grouping(a.outcome) = 1 AS is_total
FROM login_attempts a
WHERE a.attempted_at >= :since
GROUP BY ROLLUP (a.outcome)
ORDER BY grouping(a.outcome), a.outcome;

-- name: find_user_by_identity :optional
-- The user whom an account elsewhere signs in.
SELECT u.id, u.email, u.display_name, u.status, i.last_used_at
FROM identities i
JOIN users u ON u.id = i.user_id
WHERE i.provider = :provider AND i.subject = :subject;

-- name: link_identity :one
-- Links an account elsewhere to a user, in place of the one linked before.
INSERT INTO identities (user_id, provider, subject, email, profile)
VALUES (:user_id, :provider, :subject, :email, :profile)
ON CONFLICT ON CONSTRAINT identities_one_per_provider DO UPDATE
SET subject = EXCLUDED.subject, email = EXCLUDED.email, profile = EXCLUDED.profile, linked_at = now()
RETURNING id, linked_at;

-- name: list_sign_in_methods
-- Every way in which a user can sign in, whatever its kind.
SELECT 'password' AS method, NULL::text AS detail, NULL::timestamptz AS last_used_at
FROM users
WHERE id = :user_id AND password_hash IS NOT NULL
UNION ALL
SELECT i.provider::text, i.email::text, i.last_used_at
FROM identities i
WHERE i.user_id = :user_id
UNION ALL
SELECT f.kind::text, f.label, f.last_used_at
FROM mfa_factors f
WHERE f.user_id = :user_id AND f.confirmed_at IS NOT NULL
ORDER BY method, detail;

-- name: issue_verification_token :exec
-- Stores a token to be sent by mail; the open one for the same purpose is replaced.
INSERT INTO verification_tokens (token_hash, user_id, purpose, new_email, expires_at)
VALUES (:token_hash, :user_id, :purpose, :new_email, now() + :lifetime::interval)
ON CONFLICT (user_id, purpose) WHERE used_at IS NULL DO UPDATE
SET token_hash = EXCLUDED.token_hash,
    new_email = EXCLUDED.new_email,
    created_at = now(),
    expires_at = EXCLUDED.expires_at;

-- name: use_verification_token
-- Whom a token is for; it works once, and only in time.
UPDATE verification_tokens
SET used_at = now()
WHERE token_hash = :token_hash AND purpose = :purpose AND used_at IS NULL AND expires_at > now()
RETURNING user_id, new_email;

-- name: reset_password :one
-- Sets a password with a token from the mail and signs the user out everywhere.
-- NotFound for a token that is used or late.
WITH token AS (
    UPDATE verification_tokens
    SET used_at = now()
    WHERE token_hash = :token_hash AND purpose = 'password_reset' AND used_at IS NULL AND expires_at > now()
    RETURNING user_id
), revoked AS (
    UPDATE sessions s
    SET revoked_at = now()
    FROM token t
    WHERE s.user_id = t.user_id AND s.revoked_at IS NULL
)
UPDATE users u
SET password_hash = :password_hash
FROM token t
WHERE u.id = t.user_id AND u.deleted_at IS NULL
RETURNING u.id, u.email;

-- name: list_mfa_factors
-- Confirmed second factors of a user, the one used last first.
SELECT id, kind, label, secret, authenticator_id, use_count, last_used_at
FROM mfa_factors
WHERE user_id = :user_id AND confirmed_at IS NOT NULL
ORDER BY last_used_at DESC NULLS LAST, created_at;

-- name: confirm_mfa_factor :affected
-- Makes a second factor count.
UPDATE mfa_factors SET confirmed_at = now() WHERE id = :id AND user_id = :user_id AND confirmed_at IS NULL;

-- name: use_mfa_factor :affected
-- Moves the counter forward; 0 where it would not go forward: a cloned authenticator.
UPDATE mfa_factors
SET use_count = :use_count, last_used_at = now()
WHERE id = :id AND use_count < :use_count;

-- name: list_members_without_second_factor
-- Members who have none of the factors that their organization requires.
SELECT m.user_id, u.email, p.required_factors
FROM login_policies p
JOIN memberships m ON m.organization_id = p.organization_id
JOIN users u ON u.id = m.user_id
WHERE p.organization_id = :organization_id
  AND cardinality(p.required_factors) > 0
  AND NOT EXISTS (
      SELECT 1
      FROM mfa_factors f
      WHERE f.user_id = m.user_id AND f.confirmed_at IS NOT NULL AND f.kind = ANY(p.required_factors)
  )
ORDER BY u.email;
