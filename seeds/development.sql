-- A small world to develop against. Running it again puts the rows below back as they are here.
-- Session cookies and API keys are the texts inside sha256(…).

INSERT INTO organizations (id, parent_id, slug, name, status, time_zone, billing_email, billing_address, settings, created_at, closed_at)
VALUES
    ('20000000-0000-4000-8000-000000000001', NULL, 'acme', 'Acme Holding', 'active', 'Europe/Berlin', 'billing@acme.example',
        ROW('Torstraße 1', 'Berlin', '10119', 'DE'), '{"theme": "dark", "beta": true}', '2026-09-01 08:00+00', NULL),
    ('20000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001', 'acme-labs', 'Acme Labs', 'trial', 'UTC', NULL,
        NULL, '{"beta": true}', '2026-10-12 09:30+00', NULL),
    ('20000000-0000-4000-8000-000000000003', '20000000-0000-4000-8000-000000000002', 'acme-robotics', 'Acme Robotics', 'active',
        'America/New_York', 'robots@acme.example', ROW('5th Avenue 350', 'New York', NULL, 'US'), '{}', '2026-10-20 14:00+00', NULL),
    ('20000000-0000-4000-8000-000000000004', NULL, 'globex', 'Globex', 'active', 'Asia/Tokyo', 'accounts@globex.example',
        ROW(NULL, 'Tokyo', '100-0001', 'JP'), '{"theme": "light"}', '2026-09-15 01:00+00', NULL),
    ('20000000-0000-4000-8000-000000000005', NULL, 'initech', 'Initech', 'closed', 'UTC', NULL, NULL, '{}',
        '2026-09-02 10:00+00', '2026-11-01 00:00+00')
ON CONFLICT (id) DO UPDATE
SET parent_id = EXCLUDED.parent_id, slug = EXCLUDED.slug, name = EXCLUDED.name, status = EXCLUDED.status,
    time_zone = EXCLUDED.time_zone, billing_email = EXCLUDED.billing_email, billing_address = EXCLUDED.billing_address,
    settings = EXCLUDED.settings, closed_at = EXCLUDED.closed_at;

INSERT INTO users (id, email, name, status, password_hash, locale, time_zone, birth_date, risk_score, metadata,
    created_at, email_verified_at, last_login_at, deleted_at, accepts_marketing, accepted_marketing_at)
VALUES
    ('10000000-0000-4000-8000-000000000001', 'ada@acme.example', 'Ada Lovelace', 'active', sha256('ada'), 'en', 'Europe/London',
        '1985-12-10', 0.05, '{"onboarded": true}', '2026-09-01 08:00+00', '2026-09-01 08:05+00', now() - INTERVAL '2 hours',
        NULL, true, '2026-09-01 08:05+00'),
    ('10000000-0000-4000-8000-000000000002', 'Grace@acme.example', 'Grace Hopper', 'active', sha256('grace'), 'en', NULL,
        '1976-12-09', 0.2, '{}', '2026-09-03 12:00+00', '2026-09-03 12:01+00', now() - INTERVAL '3 days', NULL, false, NULL),
    ('10000000-0000-4000-8000-000000000003', 'katherine@acme.example', 'Katherine Johnson', 'active', NULL, 'de', 'Europe/Berlin',
        NULL, NULL, '{"team": "orbit"}', '2026-10-12 09:30+00', '2026-10-12 09:31+00', now() - INTERVAL '40 days', NULL, false,
        '2026-10-12 09:31+00'),
    ('10000000-0000-4000-8000-000000000004', 'ops@globex.example', NULL, 'active', sha256('ops'), 'ja', NULL, NULL, 0.6, '{}',
        '2026-09-15 01:00+00', '2026-09-15 01:10+00', NULL, NULL, false, NULL),
    ('10000000-0000-4000-8000-000000000005', 'mallory@globex.example', 'Mallory', 'locked', sha256('mallory'), 'en', NULL,
        '1990-02-28', 0.97, '{}', '2026-10-01 00:00+00', '2026-10-01 00:30+00', '2026-11-02 23:50+00', NULL, false, NULL),
    ('10000000-0000-4000-8000-000000000006', 'new@nowhere.example', NULL, 'pending', NULL, 'en', NULL, NULL, NULL, '{}',
        '2026-10-25 18:00+00', NULL, NULL, NULL, false, NULL),
    ('10000000-0000-4000-8000-000000000007', 'erased-7@invalid.example', NULL, 'deactivated', NULL, 'en', NULL, NULL, NULL, '{}',
        '2026-09-20 00:00+00', '2026-09-20 00:01+00', NULL, '2026-11-05 00:00+00', false, NULL)
ON CONFLICT (id) DO UPDATE
SET email = EXCLUDED.email, name = EXCLUDED.name, status = EXCLUDED.status, password_hash = EXCLUDED.password_hash,
    time_zone = EXCLUDED.time_zone, birth_date = EXCLUDED.birth_date, risk_score = EXCLUDED.risk_score,
    metadata = EXCLUDED.metadata, email_verified_at = EXCLUDED.email_verified_at, last_login_at = EXCLUDED.last_login_at,
    deleted_at = EXCLUDED.deleted_at, accepts_marketing = EXCLUDED.accepts_marketing,
    accepted_marketing_at = EXCLUDED.accepted_marketing_at;

INSERT INTO memberships (organization_id, user_id, role, title, is_billing_contact, invited_by, joined_at, last_active_at)
VALUES
    ('20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'owner', 'Founder', true, NULL,
        '2026-09-01 08:00+00', now() - INTERVAL '2 hours'),
    ('20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002', 'admin', NULL, false,
        '10000000-0000-4000-8000-000000000001', '2026-09-03 12:00+00', now() - INTERVAL '3 days'),
    ('20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000003', 'member', 'Analyst', false,
        '10000000-0000-4000-8000-000000000002', '2026-10-12 09:30+00', NULL),
    ('20000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000003', 'owner', NULL, true, NULL,
        '2026-10-12 09:30+00', now() - INTERVAL '40 days'),
    ('20000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000002', 'owner', 'Captain', false, NULL,
        '2026-10-20 14:00+00', NULL),
    ('20000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000004', 'owner', NULL, false, NULL,
        '2026-09-15 01:00+00', NULL),
    ('20000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000005', 'viewer', 'Auditor', false,
        '10000000-0000-4000-8000-000000000004', '2026-10-01 00:00+00', '2026-11-02 23:55+00'),
    ('20000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000001', 'viewer', NULL, false,
        '10000000-0000-4000-8000-000000000004', '2026-10-05 00:00+00', NULL)
ON CONFLICT (organization_id, user_id) DO UPDATE
SET role = EXCLUDED.role, title = EXCLUDED.title, is_billing_contact = EXCLUDED.is_billing_contact,
    invited_by = EXCLUDED.invited_by, last_active_at = EXCLUDED.last_active_at;

INSERT INTO groups (id, organization_id, parent_id, name, description, permissions)
VALUES
    ('30000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', NULL, 'Staff', 'Everyone', '{users:read}'),
    ('30000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001',
        'Finance', NULL, '{billing:read,billing:write}'),
    ('30000000-0000-4000-8000-000000000003', '20000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000002',
        'Auditors', 'Outside auditors', '{audit:read,users:read}'),
    ('30000000-0000-4000-8000-000000000004', '20000000-0000-4000-8000-000000000004', NULL, 'Operators', NULL, '{}')
ON CONFLICT (id) DO UPDATE
SET parent_id = EXCLUDED.parent_id, name = EXCLUDED.name, description = EXCLUDED.description,
    permissions = EXCLUDED.permissions;

INSERT INTO group_members (organization_id, group_id, user_id, added_at)
VALUES
    ('20000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002',
        '2026-09-03 12:00+00'),
    ('20000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000003',
        '2026-10-12 10:00+00'),
    ('20000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000003',
        '2026-10-12 10:00+00')
ON CONFLICT (group_id, user_id) DO UPDATE SET added_at = EXCLUDED.added_at;

INSERT INTO sessions (id, user_id, organization_id, token_hash, ip_address, user_agent, created_at, last_seen_at, expires_at, revoked_at)
VALUES
    ('40000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001',
        sha256('session of ada on a laptop'), '203.0.113.7', 'Firefox/145', now() - INTERVAL '5 days',
        now() - INTERVAL '2 hours', now() + INTERVAL '25 days', NULL),
    ('40000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000001', NULL,
        sha256('session of ada on a phone'), '2001:db8:1:2::9', NULL, now() - INTERVAL '9 days',
        now() - INTERVAL '1 day', now() + INTERVAL '21 days', NULL),
    ('40000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001',
        sha256('session of grace'), NULL, 'curl/8.14', now() - INTERVAL '20 days', now() - INTERVAL '3 days',
        now() + INTERVAL '10 days', NULL),
    ('40000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000005', '20000000-0000-4000-8000-000000000004',
        sha256('session of mallory'), '198.51.100.66', NULL, '2026-11-02 23:50+00', '2026-11-02 23:55+00',
        '2026-12-02 23:50+00', '2026-11-03 00:00+00'),
    ('40000000-0000-4000-8000-000000000005', '10000000-0000-4000-8000-000000000003', '20000000-0000-4000-8000-000000000002',
        sha256('old session of katherine'), '192.0.2.30', 'Chrome/140', '2026-09-12 09:30+00', '2026-10-12 11:00+00',
        '2026-10-12 09:30+00', NULL)
ON CONFLICT (id) DO UPDATE
SET organization_id = EXCLUDED.organization_id, created_at = EXCLUDED.created_at, last_seen_at = EXCLUDED.last_seen_at,
    expires_at = EXCLUDED.expires_at, revoked_at = EXCLUDED.revoked_at;

INSERT INTO login_attempts (id, email, user_id, outcome, ip_address, country, attempted_at)
OVERRIDING SYSTEM VALUE
VALUES
    (1, 'ada@acme.example', '10000000-0000-4000-8000-000000000001', 'success', '203.0.113.7', 'GB', now() - INTERVAL '5 days'),
    (2, 'ada@acme.example', '10000000-0000-4000-8000-000000000001', 'wrong_password', '203.0.113.7', 'GB', now() - INTERVAL '2 hours'),
    (3, 'root@acme.example', NULL, 'unknown_user', '198.51.100.66', NULL, now() - INTERVAL '1 hour'),
    (4, 'grace@acme.example', '10000000-0000-4000-8000-000000000002', 'wrong_code', '198.51.100.66', 'RU', now() - INTERVAL '59 minutes'),
    (5, 'admin@globex.example', NULL, 'unknown_user', '198.51.100.66', 'RU', now() - INTERVAL '58 minutes'),
    (6, 'mallory@globex.example', '10000000-0000-4000-8000-000000000005', 'blocked_network', '192.0.2.99', NULL, now() - INTERVAL '1 day')
ON CONFLICT (id) DO UPDATE SET attempted_at = EXCLUDED.attempted_at;

SELECT setval(pg_get_serial_sequence('login_attempts', 'id'), (SELECT max(id) FROM login_attempts));

INSERT INTO identities (user_id, provider, subject, email, profile, linked_at, last_used_at)
VALUES
    ('10000000-0000-4000-8000-000000000001', 'github', '1815', 'ada@users.example', '{"login": "ada", "id": 1815}',
        '2026-09-02 00:00+00', now() - INTERVAL '10 days'),
    ('10000000-0000-4000-8000-000000000003', 'google', '1043890', NULL, NULL, '2026-10-12 09:31+00', NULL),
    ('10000000-0000-4000-8000-000000000002', 'sso', 'ghopper', 'grace@acme.example', '{"sub": "ghopper"}', '2026-09-04 00:00+00', NULL)
ON CONFLICT (provider, subject) DO UPDATE SET last_used_at = EXCLUDED.last_used_at, profile = EXCLUDED.profile;

INSERT INTO mfa_factors (id, user_id, kind, label, secret, authenticator_id, use_count, confirmed_at, last_used_at)
VALUES
    ('50000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'webauthn', 'Blue key', '\xa501020326',
        'ee882879-721c-4913-9775-3dfcce97072a', 41, '2026-09-01 09:00+00', now() - INTERVAL '5 days'),
    ('50000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000001', 'recovery_code', 'Printed codes', '\x01', NULL,
        0, '2026-09-01 09:05+00', NULL),
    ('50000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000002', 'totp', 'Phone', '\x02', NULL, 0, NULL, NULL)
ON CONFLICT (id) DO UPDATE
SET use_count = EXCLUDED.use_count, confirmed_at = EXCLUDED.confirmed_at, last_used_at = EXCLUDED.last_used_at;

INSERT INTO verification_tokens (token_hash, user_id, purpose, new_email, created_at, expires_at, used_at)
VALUES
    (sha256('confirm new@nowhere.example'), '10000000-0000-4000-8000-000000000006', 'email', NULL, now(), now() + INTERVAL '2 days', NULL),
    (sha256('reset password of grace'), '10000000-0000-4000-8000-000000000002', 'password_reset', NULL, now(), now() + INTERVAL '1 hour', NULL),
    (sha256('new address of ada'), '10000000-0000-4000-8000-000000000001', 'email', 'ada@acme.example',
        '2026-09-10 00:00+00', '2026-09-12 00:00+00', '2026-09-10 00:03+00')
ON CONFLICT (token_hash) DO UPDATE SET expires_at = EXCLUDED.expires_at, used_at = EXCLUDED.used_at;

INSERT INTO invitations (id, organization_id, email, role, group_ids, message, token_hash, status, invited_by, accepted_by,
    created_at, expires_at, accepted_at)
VALUES
    ('60000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', 'dorothy@acme.example', 'member',
        '{30000000-0000-4000-8000-000000000001,30000000-0000-4000-8000-000000000002}', 'Welcome on board!', sha256('invite dorothy'),
        'pending', '10000000-0000-4000-8000-000000000001', NULL, now() - INTERVAL '1 day', now() + INTERVAL '13 days', NULL),
    ('60000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001', 'grace@acme.example', 'admin', '{}', NULL,
        sha256('invite grace'), 'accepted', '10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002',
        '2026-09-02 12:00+00', '2026-09-16 12:00+00', '2026-09-03 12:00+00'),
    ('60000000-0000-4000-8000-000000000003', '20000000-0000-4000-8000-000000000004', 'late@globex.example', 'viewer', '{}', NULL,
        sha256('invite late'), 'pending', NULL, NULL, '2026-10-01 00:00+00', '2026-10-15 00:00+00', NULL)
ON CONFLICT (id) DO UPDATE
SET status = EXCLUDED.status, accepted_by = EXCLUDED.accepted_by, accepted_at = EXCLUDED.accepted_at,
    created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at;

INSERT INTO api_keys (id, organization_id, created_by, replaced_by, name, prefix, key_hash, scopes, rate_limit, use_count,
    last_used_at, last_used_from, created_at, expires_at, revoked_at)
VALUES
    ('70000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', NULL,
        'ci', 'jk_3f9a1', sha256('jk_3f9a1 of acme'), '{users:read,audit:read}', 600, 1204, now() - INTERVAL '5 minutes',
        '203.0.113.80', '2026-11-01 00:00+00', now() + INTERVAL '10 days', NULL),
    ('70000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001', NULL, '70000000-0000-4000-8000-000000000001',
        'ci', 'jk_11aa0', sha256('jk_11aa0 of acme'), '{users:read,audit:read}', NULL, 90310, '2026-10-31 23:59+00', NULL,
        '2026-09-01 00:00+00', NULL, '2026-11-01 00:00+00'),
    ('70000000-0000-4000-8000-000000000003', '20000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000004', NULL,
        'sync', 'jk_77be2', sha256('jk_77be2 of globex'), '{}', NULL, 0, NULL, NULL, '2026-10-01 00:00+00', NULL, NULL)
ON CONFLICT (id) DO UPDATE
SET replaced_by = EXCLUDED.replaced_by, scopes = EXCLUDED.scopes, last_used_at = EXCLUDED.last_used_at,
    expires_at = EXCLUDED.expires_at, revoked_at = EXCLUDED.revoked_at;

INSERT INTO login_policies (organization_id, required_factors, trusted_authenticators, session_lifetime, idle_timeout, allowed_hours,
    purge_at, next_review_at)
VALUES
    ('20000000-0000-4000-8000-000000000001', '{totp,webauthn}', '{ee882879-721c-4913-9775-3dfcce97072a}', '30 days', '12 hours',
        '[07:00,20:00)', '02:30', '2027-01-04 09:00'),
    ('20000000-0000-4000-8000-000000000004', '{}', NULL, '7 days', NULL, NULL, '03:00', NULL)
ON CONFLICT (organization_id) DO UPDATE
SET required_factors = EXCLUDED.required_factors, trusted_authenticators = EXCLUDED.trusted_authenticators,
    session_lifetime = EXCLUDED.session_lifetime, idle_timeout = EXCLUDED.idle_timeout, allowed_hours = EXCLUDED.allowed_hours;

INSERT INTO ip_allow_rules (organization_id, network, description, expires_on)
VALUES
    ('20000000-0000-4000-8000-000000000001', '203.0.113.0/24', 'Office', NULL),
    ('20000000-0000-4000-8000-000000000001', '2001:db8:1::/48', NULL, '2027-06-30'),
    ('20000000-0000-4000-8000-000000000001', '192.0.2.8/32', 'Contractor', '2026-10-31')
ON CONFLICT ON CONSTRAINT ip_allow_rules_do_not_overlap DO NOTHING;

INSERT INTO audit_logs (id, organization_id, actor_id, action, severity, target_type, target_id, ip_address, changes, occurred_at)
VALUES
    (1, '20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'organization.created', 'info', 'organization',
        '20000000-0000-4000-8000-000000000001', '203.0.113.7', NULL, '2026-09-01 08:00+00'),
    (2, '20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'member.role_changed', 'notice', 'user',
        '10000000-0000-4000-8000-000000000002', '203.0.113.7', '{"role": {"old": "member", "new": "admin"}}', '2026-10-07 10:00+00'),
    (3, '20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002', 'member.role_changed', 'notice', 'user',
        '10000000-0000-4000-8000-000000000002', NULL, '{"role": {"old": null, "new": "member"}, "title": {"new": "Captain"}}',
        '2026-10-05 10:00+00'),
    (4, '20000000-0000-4000-8000-000000000001', NULL, 'session.expired', 'info', NULL, NULL, NULL, NULL, '2026-11-10 03:00+00'),
    (5, '20000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000004', 'user.locked', 'critical', 'user',
        '10000000-0000-4000-8000-000000000005', '198.51.100.4', '{"status": {"old": "active", "new": "locked"}}', '2026-11-03 00:00+00'),
    (6, NULL, NULL, 'schema.migrated', 'warning', NULL, NULL, NULL, NULL, '2026-08-31 22:00+00')
ON CONFLICT (occurred_at, id) DO NOTHING;

SELECT setval('audit_log_ids', (SELECT max(id) FROM audit_logs));

INSERT INTO webhooks (id, organization_id, url, description, events, secret, headers, is_enabled, created_by)
VALUES
    ('80000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', 'https://hooks.acme.example/janua', 'CRM',
        '{user.created,user.deleted,member.joined}', '\x5ec2e7', '{"X-Team": "crm"}', true, '10000000-0000-4000-8000-000000000001'),
    ('80000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000004', 'https://globex.example/in', NULL,
        '{session.revoked}', '\x5ec2e8', NULL, true, NULL),
    ('80000000-0000-4000-8000-000000000003', '20000000-0000-4000-8000-000000000001', 'https://old.acme.example/', 'Retired',
        '{member.left}', '\x5ec2e9', NULL, false, '10000000-0000-4000-8000-000000000002')
ON CONFLICT (id) DO UPDATE
SET url = EXCLUDED.url, events = EXCLUDED.events, headers = EXCLUDED.headers, is_enabled = EXCLUDED.is_enabled;

INSERT INTO webhook_deliveries (id, webhook_id, event, payload, status, attempts, next_attempt_at, response_status, duration_ms,
    last_error, created_at, delivered_at)
VALUES
    (1, '80000000-0000-4000-8000-000000000001', 'user.created', '{"user": "grace"}', 'delivered', 1, NULL, 200, 48.5, NULL,
        '2026-11-03 12:00+00', '2026-11-03 12:00:01+00'),
    (2, '80000000-0000-4000-8000-000000000001', 'member.joined', '{"user": "grace"}', 'delivered', 2, NULL, 204, 131.25, NULL,
        '2026-11-03 12:00+00', '2026-11-03 12:02+00'),
    (3, '80000000-0000-4000-8000-000000000001', 'member.joined', '{"user": "katherine"}', 'pending', 0, now(), NULL, NULL, NULL, now(), NULL),
    (4, '80000000-0000-4000-8000-000000000002', 'session.revoked', '{"user": "mallory"}', 'failed', 8, NULL, NULL, NULL,
        'connection refused', '2026-11-03 00:00+00', NULL),
    (5, '80000000-0000-4000-8000-000000000002', 'session.revoked', '{"user": "ops"}', 'failed', 8, NULL, 503, 10000, 'HTTP 503',
        '2026-11-04 00:00+00', NULL),
    (6, '80000000-0000-4000-8000-000000000001', 'user.deleted', '{"user": null}', 'sending', 3, now() + INTERVAL '1 minute', 500, 12.5,
        'HTTP 500', now() - INTERVAL '10 minutes', NULL)
ON CONFLICT (id) DO UPDATE
SET status = EXCLUDED.status, attempts = EXCLUDED.attempts, next_attempt_at = EXCLUDED.next_attempt_at,
    response_status = EXCLUDED.response_status, delivered_at = EXCLUDED.delivered_at;

SELECT setval(pg_get_serial_sequence('webhook_deliveries', 'id'), (SELECT max(id) FROM webhook_deliveries));

INSERT INTO products (id, sku, name, description, price, currency, billed_every, seats, available, trial_period, features)
VALUES
    ('90000000-0000-4000-8000-000000000001', 'starter', 'Starter', 'Sign-in for small teams, with passwords and social accounts.',
        0, 'EUR', 'month', '[1,6)', '[2026-01-01,)', NULL, '["social"]'),
    ('90000000-0000-4000-8000-000000000002', 'business', 'Business', 'Single sign-on and an audit trail for growing teams.',
        7.50, 'EUR', 'month', '[1,501)', '[2026-01-01,)', '14 days', '["social", "sso", "audit"]'),
    ('90000000-0000-4000-8000-000000000003', 'enterprise', 'Enterprise', NULL,
        120, 'USD', 'year', '[100,)', '[2026-01-01,2028-01-01)', '30 days', '["social", "sso", "audit", "regions"]'),
    ('90000000-0000-4000-8000-000000000004', 'nonprofit', 'Nonprofit', 'Planned.', 2, 'EUR', 'month', '[1,)', NULL, NULL, '[]')
ON CONFLICT (id) DO UPDATE
SET sku = EXCLUDED.sku, name = EXCLUDED.name, description = EXCLUDED.description, price = EXCLUDED.price, seats = EXCLUDED.seats,
    available = EXCLUDED.available, trial_period = EXCLUDED.trial_period, features = EXCLUDED.features;

INSERT INTO subscriptions (id, organization_id, product_id, status, seats, period, discount, renewal_notice_at, created_at, cancelled_at)
VALUES
    ('a0000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', '90000000-0000-4000-8000-000000000002',
        'active', 25, tstzrange(now() - INTERVAL '80 days', now() + INTERVAL '20 days'), 0.1, '2027-08-01 09:00', '2026-09-01 08:10+00', NULL),
    ('a0000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000003', '90000000-0000-4000-8000-000000000003',
        'active', 120, '[2026-10-20 14:00+00,)', NULL, NULL, '2026-10-20 14:00+00', NULL),
    ('a0000000-0000-4000-8000-000000000003', '20000000-0000-4000-8000-000000000004', '90000000-0000-4000-8000-000000000002',
        'past_due', 3, '[2026-09-15 00:00+00,2026-10-15 00:00+00)', NULL, NULL, '2026-09-15 01:20+00', NULL),
    ('a0000000-0000-4000-8000-000000000004', '20000000-0000-4000-8000-000000000005', '90000000-0000-4000-8000-000000000001',
        'cancelled', 2, '[2026-09-02 00:00+00,2026-11-01 00:00+00)', NULL, NULL, '2026-09-02 10:00+00', '2026-11-01 00:00+00')
ON CONFLICT (id) DO UPDATE
SET status = EXCLUDED.status, seats = EXCLUDED.seats, period = EXCLUDED.period, discount = EXCLUDED.discount,
    cancelled_at = EXCLUDED.cancelled_at;

-- A trigger keeps usage_counters.
INSERT INTO usage_events (idempotency_key, organization_id, api_key_id, user_id, metric, quantity, duration_ms, recorded_at)
VALUES
    ('b0000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000001', NULL,
        'api.calls', 120, 41.5, '2026-11-01 10:00+00'),
    ('b0000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000001', NULL,
        'api.calls', 80, 77.25, '2026-11-01 17:00+00'),
    ('b0000000-0000-4000-8000-000000000003', '20000000-0000-4000-8000-000000000001', NULL, '10000000-0000-4000-8000-000000000001',
        'logins', 1, NULL, '2026-11-03 08:00+00'),
    ('b0000000-0000-4000-8000-000000000004', '20000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000002', NULL,
        'api.calls', 300, 39, '2026-10-31 12:00+00'),
    ('b0000000-0000-4000-8000-000000000005', '20000000-0000-4000-8000-000000000004', '70000000-0000-4000-8000-000000000003', NULL,
        'api.calls', 12.5, NULL, '2026-11-02 12:00+00'),
    ('b0000000-0000-4000-8000-000000000006', '20000000-0000-4000-8000-000000000001', NULL, NULL, 'storage.mb', 2048, NULL,
        '2026-10-30 00:00+00')
ON CONFLICT (idempotency_key) DO NOTHING;

INSERT INTO feature_flags (key, description, is_enabled, rollout, variants, owner_id)
VALUES
    ('passkeys', 'Sign in without a password', true, 0.5, NULL, '10000000-0000-4000-8000-000000000001'),
    ('new_dashboard', NULL, true, 1, '{table,cards}', '10000000-0000-4000-8000-000000000002'),
    ('regions', 'Data in a region of choice', false, 0, NULL, NULL)
ON CONFLICT (key) DO UPDATE
SET description = EXCLUDED.description, is_enabled = EXCLUDED.is_enabled, rollout = EXCLUDED.rollout,
    variants = EXCLUDED.variants, owner_id = EXCLUDED.owner_id;

INSERT INTO feature_flag_overrides (flag_key, organization_id, is_enabled, variant, reason)
VALUES
    ('passkeys', '20000000-0000-4000-8000-000000000001', true, NULL, 'asked for it'),
    ('new_dashboard', '20000000-0000-4000-8000-000000000004', true, 'cards', NULL)
ON CONFLICT (flag_key, organization_id) DO UPDATE
SET is_enabled = EXCLUDED.is_enabled, variant = EXCLUDED.variant, reason = EXCLUDED.reason;

INSERT INTO sso_connections (id, organization_id, protocol, domain, issuer, client_id, client_secret, attributes, is_enforced)
VALUES
    ('c0000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', 'oidc', 'acme.example',
        'https://login.acme.example', 'janua', '\xc0ffee', '{"email": "mail"}', true),
    ('c0000000-0000-4000-8000-000000000002', '20000000-0000-4000-8000-000000000004', 'saml', 'globex.example',
        'https://idp.globex.example/metadata', NULL, NULL, '{}', false)
ON CONFLICT (id) DO UPDATE
SET domain = EXCLUDED.domain, issuer = EXCLUDED.issuer, client_id = EXCLUDED.client_id,
    client_secret = EXCLUDED.client_secret, is_enforced = EXCLUDED.is_enforced;

REFRESH MATERIALIZED VIEW organization_summaries;
