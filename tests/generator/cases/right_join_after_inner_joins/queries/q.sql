-- name: list_all_teams
SELECT a.name AS first, b.name AS second, t.name AS team
FROM people a JOIN people b ON b.id > a.id RIGHT JOIN teams t ON t.id = a.team_id;
