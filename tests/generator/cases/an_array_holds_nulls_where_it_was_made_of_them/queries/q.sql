-- name: joined
SELECT t.id, array_agg(p.name) AS names, array_agg(p.name) FILTER (WHERE p.id IS NOT NULL) AS present,
       coalesce(array_agg(DISTINCT p.nick), '{}') AS nicks, array_remove(array_agg(p.name), NULL) AS removed
FROM teams t LEFT JOIN players p ON p.team_id = t.id GROUP BY t.id;

-- name: inner_joined
SELECT t.id, array_agg(p.name ORDER BY p.name) AS names, array_agg(p.nick) AS nicks, t.tags
FROM teams t JOIN players p ON p.team_id = t.id GROUP BY t.id;

-- name: from_a_query
WITH w AS (SELECT team_id, array_agg(nick) AS nicks, array_agg(name) AS names FROM players GROUP BY team_id)
SELECT t.id, w.nicks, w.names, (SELECT array_agg(nick) FROM players) AS all_nicks FROM teams t LEFT JOIN w ON w.team_id = t.id;

-- name: constructed
SELECT ARRAY[name, nick] AS both, ARRAY(SELECT nick FROM players) AS nicks, ARRAY(SELECT name FROM players) AS names,
       ARRAY[name, coalesce(nick, '')] AS sure, array_agg(nick) OVER () AS around
FROM players;

-- name: of_either
-- @optional name
SELECT array_agg(nick) AS nicks FROM players WHERE nick IS NOT NULL AND name = :name;
