-- Rows for tests: every moment is fixed, and every column that may be NULL is NULL in one row and set in another.

INSERT INTO organizations (id, parent_id, slug, name, status, billing_email, billing_address, settings, created_at, closed_at)
VALUES
    ('f2000000-0000-4000-8000-000000000001', NULL, 'umbrella', 'Umbrella', 'active', 'pay@umbrella.test',
        ROW('Main Street 1', 'Raccoon City', '12345', 'US'), '{"theme": "red"}', '2026-01-01 00:00+00', NULL),
    ('f2000000-0000-4000-8000-000000000002', 'f2000000-0000-4000-8000-000000000001', 'umbrella-europe', 'Umbrella Europe', 'trial',
        NULL, NULL, '{}', '2026-02-01 00:00+00', NULL),
    ('f2000000-0000-4000-8000-000000000003', NULL, 'hooli', 'Hooli', 'closed', NULL, ROW(NULL, NULL, NULL, NULL), '{"theme": null}',
        '2026-01-15 00:00+00', '2026-06-01 00:00+00')
ON CONFLICT (id) DO UPDATE
SET parent_id = EXCLUDED.parent_id, slug = EXCLUDED.slug, name = EXCLUDED.name, status = EXCLUDED.status,
    billing_email = EXCLUDED.billing_email, billing_address = EXCLUDED.billing_address, settings = EXCLUDED.settings,
    closed_at = EXCLUDED.closed_at;

INSERT INTO users (id, email, name, status, password_hash, time_zone, birth_date, risk_score, metadata, created_at,
    email_verified_at, last_login_at, deleted_at, accepts_marketing, accepted_marketing_at)
VALUES
    ('f1000000-0000-4000-8000-000000000001', 'alice@umbrella.test', 'Alice', 'active', sha256('alice'), 'America/Chicago',
        '1980-01-01', 0.25, '{"level": 7}', '2026-01-01 00:00+00', '2026-01-01 00:01+00', '2026-03-01 08:00+00', NULL, true,
        '2026-01-01 00:01+00'),
    ('f1000000-0000-4000-8000-000000000002', 'bob@umbrella.test', NULL, 'active', NULL, NULL, NULL, NULL, '{}', '2026-01-02 00:00+00',
        '2026-01-02 00:01+00', NULL, NULL, false, NULL),
    ('f1000000-0000-4000-8000-000000000003', 'carol@elsewhere.test', 'Carol', 'pending', NULL, NULL, NULL, NULL, '{}',
        '2026-01-03 00:00+00', NULL, NULL, NULL, false, NULL),
    ('f1000000-0000-4000-8000-000000000004', 'erased-f1@invalid.example', NULL, 'deactivated', NULL, NULL, NULL, NULL, '{}',
        '2026-01-04 00:00+00', NULL, NULL, '2026-02-01 00:00+00', false, NULL)
ON CONFLICT (id) DO UPDATE
SET email = EXCLUDED.email, name = EXCLUDED.name, status = EXCLUDED.status, password_hash = EXCLUDED.password_hash,
    time_zone = EXCLUDED.time_zone, birth_date = EXCLUDED.birth_date, risk_score = EXCLUDED.risk_score,
    metadata = EXCLUDED.metadata, email_verified_at = EXCLUDED.email_verified_at, last_login_at = EXCLUDED.last_login_at,
    deleted_at = EXCLUDED.deleted_at, accepts_marketing = EXCLUDED.accepts_marketing,
    accepted_marketing_at = EXCLUDED.accepted_marketing_at;

INSERT INTO memberships (organization_id, user_id, role, title, is_billing_contact, invited_by, joined_at, last_active_at)
VALUES
    ('f2000000-0000-4000-8000-000000000001', 'f1000000-0000-4000-8000-000000000001', 'owner', 'Director', true, NULL,
        '2026-01-01 00:00+00', '2026-03-01 08:00+00'),
    ('f2000000-0000-4000-8000-000000000001', 'f1000000-0000-4000-8000-000000000002', 'member', NULL, false,
        'f1000000-0000-4000-8000-000000000001', '2026-01-02 00:00+00', NULL),
    ('f2000000-0000-4000-8000-000000000002', 'f1000000-0000-4000-8000-000000000002', 'admin', NULL, false, NULL,
        '2026-02-01 00:00+00', NULL)
ON CONFLICT (organization_id, user_id) DO UPDATE
SET role = EXCLUDED.role, title = EXCLUDED.title, is_billing_contact = EXCLUDED.is_billing_contact,
    invited_by = EXCLUDED.invited_by, last_active_at = EXCLUDED.last_active_at;

INSERT INTO groups (id, organization_id, parent_id, name, description, permissions)
VALUES
    ('f3000000-0000-4000-8000-000000000001', 'f2000000-0000-4000-8000-000000000001', NULL, 'Research', 'Labs', '{keys:read}'),
    ('f3000000-0000-4000-8000-000000000002', 'f2000000-0000-4000-8000-000000000001', 'f3000000-0000-4000-8000-000000000001',
        'Virology', NULL, '{keys:write,audit:read}'),
    ('f3000000-0000-4000-8000-000000000003', 'f2000000-0000-4000-8000-000000000001', NULL, 'Empty', NULL, '{}')
ON CONFLICT (id) DO UPDATE
SET parent_id = EXCLUDED.parent_id, name = EXCLUDED.name, description = EXCLUDED.description,
    permissions = EXCLUDED.permissions;

INSERT INTO group_members (organization_id, group_id, user_id, added_at)
VALUES
    ('f2000000-0000-4000-8000-000000000001', 'f3000000-0000-4000-8000-000000000002', 'f1000000-0000-4000-8000-000000000002',
        '2026-01-02 00:00+00')
ON CONFLICT (group_id, user_id) DO UPDATE SET added_at = EXCLUDED.added_at;

INSERT INTO sessions (id, user_id, organization_id, token_hash, ip_address, user_agent, created_at, last_seen_at, expires_at, revoked_at)
VALUES
    ('f4000000-0000-4000-8000-000000000001', 'f1000000-0000-4000-8000-000000000001', 'f2000000-0000-4000-8000-000000000001',
        sha256('test session 1'), '10.0.0.1', 'Firefox', '2026-03-01 08:00+00', '2026-03-01 09:00+00', '2100-01-01 00:00+00', NULL),
    ('f4000000-0000-4000-8000-000000000002', 'f1000000-0000-4000-8000-000000000001', NULL, sha256('test session 2'), NULL, NULL,
        '2026-03-02 08:00+00', '2026-03-02 08:00+00', '2100-01-01 00:00+00', NULL),
    ('f4000000-0000-4000-8000-000000000003', 'f1000000-0000-4000-8000-000000000001', 'f2000000-0000-4000-8000-000000000001',
        sha256('test session 3'), 'fd00::1', NULL, '2026-02-01 08:00+00', '2026-02-01 08:00+00', '2026-02-02 08:00+00',
        '2026-02-01 10:00+00'),
    ('f4000000-0000-4000-8000-000000000004', 'f1000000-0000-4000-8000-000000000002', 'f2000000-0000-4000-8000-000000000001',
        sha256('test session 4'), NULL, 'Chrome', '2026-03-01 08:00+00', '2026-03-01 08:30+00', '2100-01-01 00:00+00', NULL)
ON CONFLICT (id) DO UPDATE
SET organization_id = EXCLUDED.organization_id, last_seen_at = EXCLUDED.last_seen_at, expires_at = EXCLUDED.expires_at,
    revoked_at = EXCLUDED.revoked_at;

INSERT INTO login_attempts (id, email, user_id, outcome, ip_address, country, attempted_at)
OVERRIDING SYSTEM VALUE
VALUES
    (101, 'alice@umbrella.test', 'f1000000-0000-4000-8000-000000000001', 'success', '10.0.0.1', 'US', '2026-03-01 08:00+00'),
    (102, 'alice@umbrella.test', 'f1000000-0000-4000-8000-000000000001', 'wrong_password', '10.0.0.1', NULL, '2026-03-02 08:00+00'),
    (103, 'nobody@umbrella.test', NULL, 'unknown_user', '10.9.9.9', 'US', '2026-03-02 08:01+00'),
    (104, 'root@umbrella.test', NULL, 'unknown_user', '10.9.9.9', NULL, '2026-03-02 08:02+00')
ON CONFLICT (id) DO UPDATE SET attempted_at = EXCLUDED.attempted_at;

SELECT setval(pg_get_serial_sequence('login_attempts', 'id'), (SELECT max(id) FROM login_attempts));

INSERT INTO identities (user_id, provider, subject, email, profile, linked_at, last_used_at)
VALUES
    ('f1000000-0000-4000-8000-000000000001', 'github', 'test-1', 'alice@users.test', '{"login": "alice"}', '2026-01-01 00:00+00',
        '2026-03-01 08:00+00'),
    ('f1000000-0000-4000-8000-000000000002', 'sso', 'test-2', NULL, NULL, '2026-01-02 00:00+00', NULL)
ON CONFLICT (provider, subject) DO UPDATE SET last_used_at = EXCLUDED.last_used_at, profile = EXCLUDED.profile;

INSERT INTO mfa_factors (id, user_id, kind, label, secret, authenticator_id, use_count, confirmed_at, last_used_at)
VALUES
    ('f5000000-0000-4000-8000-000000000001', 'f1000000-0000-4000-8000-000000000001', 'webauthn', 'Key', '\x01',
        'ee882879-721c-4913-9775-3dfcce97072a', 1, '2026-01-01 00:00+00', '2026-03-01 08:00+00'),
    ('f5000000-0000-4000-8000-000000000002', 'f1000000-0000-4000-8000-000000000001', 'totp', 'Phone', '\x02', NULL, 0,
        '2026-01-02 00:00+00', NULL),
    ('f5000000-0000-4000-8000-000000000003', 'f1000000-0000-4000-8000-000000000002', 'totp', 'Phone', '\x03', NULL, 0, NULL, NULL)
ON CONFLICT (id) DO UPDATE
SET use_count = EXCLUDED.use_count, confirmed_at = EXCLUDED.confirmed_at, last_used_at = EXCLUDED.last_used_at;

INSERT INTO verification_tokens (token_hash, user_id, purpose, new_email, created_at, expires_at, used_at)
VALUES
    (sha256('test token 1'), 'f1000000-0000-4000-8000-000000000002', 'password_reset', NULL, '2026-03-01 00:00+00', '2100-01-01 00:00+00', NULL),
    (sha256('test token 2'), 'f1000000-0000-4000-8000-000000000001', 'email', 'alice@new.test', '2026-02-01 00:00+00',
        '2026-02-02 00:00+00', '2026-02-01 01:00+00')
ON CONFLICT (token_hash) DO UPDATE SET expires_at = EXCLUDED.expires_at, used_at = EXCLUDED.used_at;

INSERT INTO invitations (id, organization_id, email, role, group_ids, message, token_hash, status, invited_by, accepted_by,
    created_at, expires_at, accepted_at)
VALUES
    ('f6000000-0000-4000-8000-000000000001', 'f2000000-0000-4000-8000-000000000001', 'carol@elsewhere.test', 'viewer',
        '{f3000000-0000-4000-8000-000000000001}', 'Hello', sha256('test invitation 1'), 'pending',
        'f1000000-0000-4000-8000-000000000001', NULL, '2026-03-01 00:00+00', '2100-01-01 00:00+00', NULL),
    ('f6000000-0000-4000-8000-000000000002', 'f2000000-0000-4000-8000-000000000001', 'bob@umbrella.test', 'member', '{}', NULL,
        sha256('test invitation 2'), 'accepted', NULL, 'f1000000-0000-4000-8000-000000000002', '2026-01-01 00:00+00',
        '2026-01-15 00:00+00', '2026-01-02 00:00+00'),
    ('f6000000-0000-4000-8000-000000000003', 'f2000000-0000-4000-8000-000000000001', 'late@elsewhere.test', 'member', '{}', NULL,
        sha256('test invitation 3'), 'pending', NULL, NULL, '2026-02-01 00:00+00', '2026-02-15 00:00+00', NULL)
ON CONFLICT (id) DO UPDATE
SET status = EXCLUDED.status, accepted_by = EXCLUDED.accepted_by, accepted_at = EXCLUDED.accepted_at,
    expires_at = EXCLUDED.expires_at;

INSERT INTO api_keys (id, organization_id, created_by, replaced_by, name, prefix, key_hash, scopes, rate_limit, use_count,
    last_used_at, last_used_from, created_at, expires_at, revoked_at)
VALUES
    ('f7000000-0000-4000-8000-000000000001', 'f2000000-0000-4000-8000-000000000001', 'f1000000-0000-4000-8000-000000000001', NULL,
        'robot', 'jk_test1', sha256('test key 1'), '{users:read,keys:read}', 60, 10, '2026-03-01 00:00+00', '10.0.0.2',
        '2026-02-01 00:00+00', '2100-01-01 00:00+00', NULL),
    ('f7000000-0000-4000-8000-000000000002', 'f2000000-0000-4000-8000-000000000001', NULL, 'f7000000-0000-4000-8000-000000000001',
        'robot', 'jk_test2', sha256('test key 2'), '{users:read}', NULL, 0, NULL, NULL, '2026-01-01 00:00+00', NULL,
        '2026-02-01 00:00+00'),
    ('f7000000-0000-4000-8000-000000000003', 'f2000000-0000-4000-8000-000000000001', NULL, NULL, 'spare', 'jk_test3',
        sha256('test key 3'), '{}', NULL, 0, NULL, NULL, '2026-01-01 00:00+00', NULL, NULL)
ON CONFLICT (id) DO UPDATE
SET replaced_by = EXCLUDED.replaced_by, scopes = EXCLUDED.scopes, use_count = EXCLUDED.use_count,
    expires_at = EXCLUDED.expires_at, revoked_at = EXCLUDED.revoked_at;

INSERT INTO login_policies (organization_id, required_factors, trusted_authenticators, idle_timeout, allowed_hours, next_review_at)
VALUES
    ('f2000000-0000-4000-8000-000000000001', '{webauthn,totp}', '{ee882879-721c-4913-9775-3dfcce97072a}', '1 hour',
        '[06:00,22:00)', '2026-07-01 09:00'),
    ('f2000000-0000-4000-8000-000000000002', '{}', NULL, NULL, NULL, NULL)
ON CONFLICT (organization_id) DO UPDATE
SET required_factors = EXCLUDED.required_factors, trusted_authenticators = EXCLUDED.trusted_authenticators,
    idle_timeout = EXCLUDED.idle_timeout, allowed_hours = EXCLUDED.allowed_hours, next_review_at = EXCLUDED.next_review_at;

INSERT INTO ip_allow_rules (organization_id, network, description, expires_on)
VALUES
    ('f2000000-0000-4000-8000-000000000001', '10.0.0.0/16', 'Intranet', NULL),
    ('f2000000-0000-4000-8000-000000000001', 'fd00::/8', NULL, '2026-06-30')
ON CONFLICT ON CONSTRAINT ip_allow_rules_do_not_overlap DO NOTHING;

INSERT INTO audit_logs (id, organization_id, actor_id, action, severity, target_type, target_id, ip_address, changes, occurred_at)
VALUES
    (101, 'f2000000-0000-4000-8000-000000000001', 'f1000000-0000-4000-8000-000000000001', 'member.role_changed', 'notice', 'user',
        'f1000000-0000-4000-8000-000000000002', '10.0.0.1', '{"role": {"old": null, "new": "member"}}', '2026-11-02 00:00+00'),
    (102, 'f2000000-0000-4000-8000-000000000001', 'f1000000-0000-4000-8000-000000000001', 'member.role_changed', 'notice', 'user',
        'f1000000-0000-4000-8000-000000000002', NULL, '{"role": {"old": "member", "new": "admin"}}', '2026-11-03 00:00+00'),
    (103, 'f2000000-0000-4000-8000-000000000001', NULL, 'session.expired', 'info', NULL, NULL, NULL, NULL, '2026-11-04 00:00+00'),
    (104, NULL, NULL, 'schema.migrated', 'warning', NULL, NULL, NULL, NULL, '2026-01-01 00:00+00')
ON CONFLICT (occurred_at, id) DO NOTHING;

SELECT setval('audit_log_ids', (SELECT max(id) FROM audit_logs));

INSERT INTO webhooks (id, organization_id, url, description, events, secret, headers, is_enabled, created_by)
VALUES
    ('f8000000-0000-4000-8000-000000000001', 'f2000000-0000-4000-8000-000000000001', 'https://umbrella.test/hook', 'Main',
        '{user.created,member.left}', '\x01', '{"X-Test": "1"}', true, 'f1000000-0000-4000-8000-000000000001'),
    ('f8000000-0000-4000-8000-000000000002', 'f2000000-0000-4000-8000-000000000001', 'https://umbrella.test/unused', NULL,
        '{member.left}', '\x02', NULL, true, NULL)
ON CONFLICT (id) DO UPDATE
SET url = EXCLUDED.url, events = EXCLUDED.events, headers = EXCLUDED.headers, is_enabled = EXCLUDED.is_enabled;

INSERT INTO webhook_deliveries (id, webhook_id, event, payload, status, attempts, next_attempt_at, response_status, duration_ms,
    last_error, created_at, delivered_at)
VALUES
    (101, 'f8000000-0000-4000-8000-000000000001', 'user.created', '{}', 'delivered', 1, NULL, 200, 20.5, NULL,
        '2026-03-01 00:00+00', '2026-03-01 00:01+00'),
    (102, 'f8000000-0000-4000-8000-000000000001', 'user.created', '{}', 'pending', 0, '2026-03-01 00:00+00', NULL, NULL, NULL,
        '2026-03-01 00:00+00', NULL),
    (103, 'f8000000-0000-4000-8000-000000000001', 'member.left', '{}', 'sending', 2, '2100-01-01 00:00+00', 500, 30, 'HTTP 500',
        '2026-03-02 00:00+00', NULL),
    (104, 'f8000000-0000-4000-8000-000000000001', 'member.left', '{}', 'failed', 8, NULL, NULL, NULL, 'timeout',
        '2026-03-03 00:00+00', NULL)
ON CONFLICT (id) DO UPDATE
SET status = EXCLUDED.status, attempts = EXCLUDED.attempts, next_attempt_at = EXCLUDED.next_attempt_at,
    response_status = EXCLUDED.response_status, delivered_at = EXCLUDED.delivered_at;

SELECT setval(pg_get_serial_sequence('webhook_deliveries', 'id'), (SELECT max(id) FROM webhook_deliveries));

INSERT INTO products (id, sku, name, description, price, billed_every, seats, available, trial_period, features)
VALUES
    ('f9000000-0000-4000-8000-000000000001', 'test-basic', 'Basic', 'A plan for tests.', 10, 'month', '[1,11)',
        '[2026-01-01,)', '7 days', '["sso"]'),
    ('f9000000-0000-4000-8000-000000000002', 'test-custom', 'Custom plan', NULL, 99.99, 'year', '[1,)', NULL, NULL, '[]')
ON CONFLICT (id) DO UPDATE
SET sku = EXCLUDED.sku, name = EXCLUDED.name, description = EXCLUDED.description, price = EXCLUDED.price, seats = EXCLUDED.seats,
    available = EXCLUDED.available, trial_period = EXCLUDED.trial_period, features = EXCLUDED.features;

INSERT INTO subscriptions (id, organization_id, product_id, status, seats, period, discount, renewal_notice_at, created_at, cancelled_at)
VALUES
    ('fa000000-0000-4000-8000-000000000001', 'f2000000-0000-4000-8000-000000000001', 'f9000000-0000-4000-8000-000000000001',
        'past_due', 5, '[2026-01-01 00:00+00,2026-02-01 00:00+00)', 0.25, '2026-01-25 09:00', '2026-01-01 00:00+00', NULL),
    ('fa000000-0000-4000-8000-000000000002', 'f2000000-0000-4000-8000-000000000001', 'f9000000-0000-4000-8000-000000000002',
        'active', 1, '[2026-01-01 00:00+00,)', NULL, NULL, '2026-01-01 00:00+00', NULL),
    ('fa000000-0000-4000-8000-000000000003', 'f2000000-0000-4000-8000-000000000003', 'f9000000-0000-4000-8000-000000000001',
        'cancelled', 1, '[2026-01-15 00:00+00,2026-06-01 00:00+00)', NULL, NULL, '2026-01-15 00:00+00', '2026-06-01 00:00+00')
ON CONFLICT (id) DO UPDATE
SET status = EXCLUDED.status, seats = EXCLUDED.seats, period = EXCLUDED.period, discount = EXCLUDED.discount,
    cancelled_at = EXCLUDED.cancelled_at;

-- A trigger keeps usage_counters.
INSERT INTO usage_events (idempotency_key, organization_id, api_key_id, user_id, metric, quantity, duration_ms, recorded_at)
VALUES
    ('fb000000-0000-4000-8000-000000000001', 'f2000000-0000-4000-8000-000000000001', 'f7000000-0000-4000-8000-000000000001', NULL,
        'api.calls', 2.5, 12.5, '2026-03-01 10:00+00'),
    ('fb000000-0000-4000-8000-000000000002', 'f2000000-0000-4000-8000-000000000001', NULL, 'f1000000-0000-4000-8000-000000000001',
        'api.calls', 1, NULL, '2026-03-02 10:00+00'),
    ('fb000000-0000-4000-8000-000000000003', 'f2000000-0000-4000-8000-000000000001', NULL, NULL, 'logins', 1, NULL,
        '2026-03-02 11:00+00')
ON CONFLICT (idempotency_key) DO NOTHING;

INSERT INTO feature_flags (key, description, is_enabled, rollout, variants, owner_id)
VALUES
    ('test_rollout', 'Half of the organizations', true, 0.5, '{a,b}', 'f1000000-0000-4000-8000-000000000001'),
    ('test_off', NULL, false, 0, NULL, NULL)
ON CONFLICT (key) DO UPDATE
SET description = EXCLUDED.description, is_enabled = EXCLUDED.is_enabled, rollout = EXCLUDED.rollout,
    variants = EXCLUDED.variants, owner_id = EXCLUDED.owner_id;

INSERT INTO feature_flag_overrides (flag_key, organization_id, is_enabled, variant, reason)
VALUES
    ('test_rollout', 'f2000000-0000-4000-8000-000000000001', true, 'b', 'asked for it'),
    ('test_rollout', 'f2000000-0000-4000-8000-000000000002', false, NULL, NULL)
ON CONFLICT (flag_key, organization_id) DO UPDATE
SET is_enabled = EXCLUDED.is_enabled, variant = EXCLUDED.variant, reason = EXCLUDED.reason;

INSERT INTO sso_connections (id, organization_id, protocol, domain, issuer, client_id, client_secret, attributes, is_enforced)
VALUES
    ('fc000000-0000-4000-8000-000000000001', 'f2000000-0000-4000-8000-000000000001', 'oidc', 'umbrella.test',
        'https://login.umbrella.test', 'janua', '\x01', '{"email": "mail"}', true),
    ('fc000000-0000-4000-8000-000000000002', 'f2000000-0000-4000-8000-000000000002', 'saml', 'umbrella-europe.test',
        'https://idp.umbrella-europe.test', NULL, NULL, '{}', false)
ON CONFLICT (id) DO UPDATE
SET domain = EXCLUDED.domain, issuer = EXCLUDED.issuer, client_id = EXCLUDED.client_id,
    client_secret = EXCLUDED.client_secret, is_enforced = EXCLUDED.is_enforced;

REFRESH MATERIALIZED VIEW organization_summaries;
