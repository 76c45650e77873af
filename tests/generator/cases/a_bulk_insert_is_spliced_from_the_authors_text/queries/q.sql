-- name: every_kind
-- @bulk
INSERT INTO people AS p (email, mood, tags, at, words, code, bits, size, doc)
VALUES (
    lower(:email),  -- kept as it is written
    :mood, :tags, :at, :words, :code, :bits, :size, jsonb_build_object('doc', :doc::jsonb)
)
ON CONFLICT (email) DO UPDATE SET mood = EXCLUDED.mood WHERE p.made < :before
RETURNING p.*;

-- name: without_blanks :affected
-- @bulk
INSERT INTO people(email,code)VALUES(:email,:code);

-- name: the_same_twice :exec
-- @bulk
INSERT INTO people (email, code, made) VALUES (:code::text || '@x', :code, now());

-- name: of_a_subquery
-- @bulk
WITH chosen AS (SELECT :mood::mood AS mood)
INSERT INTO people (email, mood, tags[1]) VALUES ($$a,(b$$ || :name, (SELECT mood FROM chosen), '{}'::text[])
RETURNING id;

-- name: domain_by_cast :many
-- @bulk
INSERT INTO people (email, words) VALUES (:email, :words::words) RETURNING id, words;
