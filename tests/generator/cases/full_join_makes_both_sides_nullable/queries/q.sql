-- name: match_all
SELECT p.name, t.name AS team FROM people p FULL JOIN teams t ON t.id = p.team_id;

-- name: match_of_one_row_with_one_row_gives_two
SELECT a.x, b.y FROM (SELECT 1 AS x) a FULL JOIN (SELECT 2 AS y) b ON a.x = b.y;
