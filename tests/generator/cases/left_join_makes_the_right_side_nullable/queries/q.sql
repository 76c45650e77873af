-- name: list_people
SELECT p.name, t.name AS team, t.motto FROM people p LEFT JOIN teams t ON t.id = p.team_id;

-- name: list_people_of_teams_with_a_motto
SELECT p.name, t.name AS team, t.motto FROM people p LEFT JOIN teams t ON t.id = p.team_id WHERE t.motto <> '';

-- name: list_teams_by_an_outer_condition
SELECT p.name, t.name AS team FROM people p LEFT JOIN teams t ON t.id = p.team_id AND t.name = 'red';
