-- name: whole
SELECT * FROM users;

-- name: computed
SELECT metadata || '{}' AS merged, coalesce(metadata, '{}') AS filled, metadata -> 'a' AS part, tags[1] AS tag FROM users;

-- name: through_views
SELECT p.who, p.about, p.part, p.tags, r.it, k.it AS kept, n.about AS note, b.ids, b.name
FROM people p, renamed r, kept k, kin n, built b;

-- name: through_queries
WITH a AS (SELECT metadata AS m FROM users), b (x) AS (SELECT m FROM a)
SELECT b.x, s.m FROM b, LATERAL (SELECT b.x AS m) s;

-- name: united
SELECT id, metadata FROM users UNION ALL SELECT id, metadata FROM archived;

-- name: compared
SELECT 1 AS one FROM users u JOIN archived a USING (id)
WHERE u.metadata = :equal AND u.metadata IS DISTINCT FROM :other? AND u.metadata @> :part AND u.tags && :tags
  AND u.tags = :same_tags AND a.metadata = :archived AND u.id = ANY(:ids) AND u.boss BETWEEN :low AND :high
  AND u.code = :code AND u.codes = :codes AND u.code LIKE :pattern AND u.metadata = :text::text::jsonb;

-- name: twice
SELECT 1 AS one FROM users u, archived a WHERE u.metadata = :both AND a.metadata = :both;

-- name: stored
INSERT INTO users (id, metadata, tags) SELECT :id, :metadata, :tags
ON CONFLICT (id) DO UPDATE SET metadata = :again
RETURNING id, metadata, tags;

-- name: merged
MERGE INTO users u USING (SELECT :id::uuid AS id, :meta::jsonb AS m) s ON u.id = s.id
WHEN MATCHED THEN UPDATE SET metadata = s.m, tags = :tags
WHEN NOT MATCHED THEN INSERT (id, metadata) VALUES (:new_id, :new_meta);

-- name: kept_if_null
UPDATE users SET metadata = coalesce(:patch, metadata), tags = coalesce(:tags, tags) WHERE id = :id;

-- name: handed_on
WITH given AS (SELECT :id::uuid AS id, :meta::jsonb AS m, :tag::text AS tag)
INSERT INTO users (id, metadata, tags) SELECT given.id, given.m, ARRAY[given.tag] FROM given;

-- name: in_values
INSERT INTO users (id, metadata) SELECT * FROM (VALUES (:id::uuid, :meta::jsonb)) AS v (id, m);

-- name: same_name
-- @json settings: app:Other
SELECT '{}'::jsonb AS settings, 1 AS one FROM users WHERE name = :settings;

-- name: both
SELECT name FROM users WHERE name = :name OR name = :other;

-- name: asked
-- @json metadata: app:Other
-- @json part: app:Part
SELECT count(*) AS n, metadata, '{}'::jsonb AS part FROM users WHERE tags IS NOT NULL
GROUP BY metadata HAVING count(*) > :low::bigint;

-- name: shaped
-- @json it: app:Built
SELECT jsonb_build_object('id', id) AS it, jsonb_build_object('id', id) AS usual FROM users;

-- name: wrong
-- @json metdata: app:Meta
SELECT metadata FROM users;

-- name: no_json
-- @json name: app:Name
SELECT name FROM users;
