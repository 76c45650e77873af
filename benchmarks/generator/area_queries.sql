-- name: get_@_N :one
-- The @ with this id.
SELECT * FROM @s WHERE id = @@id AND amount >= N;

-- name: get_@_by_code_N :one
SELECT s.id, s.title, s.status, s.amount, s.labels, s.attributes
FROM @s s
WHERE s.organization_id = @@organization_id AND s.code = @@code AND s.amount >= N;

-- name: list_@s_N :many
SELECT s.id, s.code, s.title, s.description, s.status, u.email AS owner_email, u.name AS owner_name
FROM @s s
LEFT JOIN users u ON u.id = s.owner_id
WHERE s.organization_id = @@organization_id AND s.deleted_at IS NULL AND s.amount >= N
ORDER BY s.created_at DESC, s.id
LIMIT @@page_size OFFSET @@page_start;

-- name: search_@s_N :many
-- Those whose title or code looks like it, in any of these states.
SELECT s.*, o.name AS organization_name
FROM @s s
JOIN organizations o ON o.id = s.organization_id
WHERE (s.title ILIKE @@pattern OR s.code ILIKE @@pattern)
  AND s.status = ANY(sqlc.arg('statuses')::@_status[])
  AND (sqlc.narg('owner_id')::bigint IS NULL OR s.owner_id = sqlc.narg('owner_id')::bigint)
  AND s.amount >= N
ORDER BY s.title;

-- name: create_@_N :one
INSERT INTO @s (organization_id, owner_id, code, title, description, amount, labels, attributes)
VALUES (@@organization_id, @@owner_id, @@code, @@title, @@description, sqlc.arg('amount')::numeric + N, @@labels, @@attributes)
RETURNING *;

-- name: upsert_@_N :one
INSERT INTO @s (organization_id, code, title, amount)
VALUES (@@organization_id, @@code, @@title, N)
ON CONFLICT (organization_id, code) DO UPDATE SET title = excluded.title, amount = excluded.amount
RETURNING id, created_at, status;

-- name: rename_@_N :execrows
UPDATE @s SET title = @@title, description = coalesce(sqlc.narg('description'), description)
WHERE id = @@id AND amount >= N;

-- name: delete_@_N :exec
DELETE FROM @s WHERE id = @@id AND deleted_at IS NOT NULL AND amount >= N;

-- name: count_@s_by_status_N :many
SELECT s.status, count(*) AS number, sum(s.amount) AS amount, avg(s.rating) AS rating
FROM @s s
WHERE s.organization_id = @@organization_id AND s.amount >= N
GROUP BY s.status
HAVING count(*) > 0
ORDER BY s.status;

-- name: @_with_items_N :many
SELECT s.id, s.title, i.position, i.quantity, i.total, i.note
FROM @s s
LEFT JOIN @_items i ON i.@_id = s.id
WHERE s.id = @@id AND s.amount >= N
ORDER BY i.position;

-- name: @_as_document_N :one
SELECT s.id, s.title,
       jsonb_build_object('code', s.code, 'amount', s.amount, 'labels', s.labels) AS document,
       (SELECT json_agg(json_build_object('position', i.position, 'total', i.total) ORDER BY i.position)
        FROM @_items i WHERE i.@_id = s.id) AS items
FROM @s s
WHERE s.id = @@id AND s.amount >= N;

-- name: @_history_N :many
WITH recent AS (
    SELECT e.id, e.@_id, e.kind, e.actor_id, e.at,
           row_number() OVER (PARTITION BY e.kind ORDER BY e.at DESC) AS nth
    FROM @_events e
    WHERE e.@_id = @@id AND e.at >= @@since
)
SELECT r.id, r.kind, r.at, r.nth, u.email AS actor, s.title
FROM recent r
JOIN @s s ON s.id = r.@_id
LEFT JOIN users u ON u.id = r.actor_id
WHERE r.nth <= 10 + N
ORDER BY r.at DESC;

-- name: top_@s_N :many
SELECT s.organization_id, s.title, s.amount,
       rank() OVER (PARTITION BY s.organization_id ORDER BY s.amount DESC) AS place,
       lag(s.amount) OVER (PARTITION BY s.organization_id ORDER BY s.amount DESC) AS better
FROM @s s
WHERE s.created_at BETWEEN @@since AND @@until AND s.amount >= N;

-- name: @_members_N :many
SELECT u.id, u.email, l.role, l.expires_at, m.joined_at
FROM @_links l
JOIN users u ON u.id = l.user_id
JOIN @s s ON s.id = l.@_id
LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = s.organization_id
WHERE l.@_id = @@id AND s.amount >= N AND u.deleted_at IS NULL
ORDER BY u.email;

-- name: share_@_N :exec
INSERT INTO @_links (@_id, user_id, role)
SELECT s.id, u.id, 'editor'
FROM @s s CROSS JOIN users u
WHERE s.id = @@id AND u.email = ANY(@@emails::text[]) AND s.amount >= N
ON CONFLICT (@_id, user_id) DO UPDATE SET role = excluded.role;

-- name: active_@s_of_N :many
SELECT a.id, a.code, a.title, a.organization, a.owner_email
FROM active_@s a
WHERE a.organization_id = @@organization_id AND a.amount >= N
ORDER BY a.created_at;

-- name: @_totals_above_N :many
SELECT t.id, t.title, t.items, t.total, t.note
FROM @_totals t
WHERE t.total > @@least AND t.items >= N;

-- name: has_@_N :one
SELECT EXISTS (SELECT 1 FROM @s WHERE organization_id = @@organization_id AND code = @@code AND amount >= N);

-- name: archive_@s_N :many
WITH gone AS (
    UPDATE @s SET deleted_at = now(), status = 'closed'
    WHERE organization_id = @@organization_id AND starts_on < @@before AND amount >= N
    RETURNING id, title
), noted AS (
    INSERT INTO @_events (@_id, actor_id, kind) SELECT id, @@actor_id, 'archived' FROM gone RETURNING @_id
)
SELECT gone.id, gone.title FROM gone JOIN noted ON noted.@_id = gone.id;

-- name: @_day_by_day_N :many
SELECT date_trunc('day', s.created_at)::date AS day,
       count(*) FILTER (WHERE s.status = 'active') AS active,
       count(DISTINCT s.owner_id) AS owners,
       CASE WHEN count(*) > 100 THEN 'busy' ELSE 'quiet' END AS word,
       array_agg(s.code ORDER BY s.code) AS codes
FROM @s s
WHERE s.created_at >= @@since AND s.amount >= N
GROUP BY 1
ORDER BY 1;
