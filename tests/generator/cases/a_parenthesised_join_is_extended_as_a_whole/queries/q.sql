-- name: inner_join_in_parentheses
SELECT p.name, q.name AS other, t.name AS team
FROM people p LEFT JOIN (people q JOIN teams t ON t.id = q.team_id) ON q.id = p.id;

-- name: the_same_without_parentheses
SELECT p.name, q.name AS other, t.name AS team
FROM people p LEFT JOIN people q JOIN teams t ON t.id = q.team_id ON q.id = p.id;

-- name: proof_of_one_proves_the_other
SELECT q.name AS other, t.name AS team
FROM people p LEFT JOIN (people q JOIN teams t ON t.id = q.team_id) ON q.id = p.id WHERE t.id > 0;

-- name: with_a_subquery_first
SELECT s.n, t.name AS team FROM people p LEFT JOIN ((SELECT 1 AS n) AS s JOIN teams t ON t.id = s.n) ON t.id = p.team_id;

-- name: with_values_first
SELECT v.n, t.name AS team FROM people p LEFT JOIN ((VALUES (1)) AS v (n) JOIN teams t ON t.id = v.n) ON t.id = p.team_id;

-- name: under_one_name
SELECT j.team_id, j.motto FROM (people p JOIN teams t ON t.id = p.team_id) AS j (id, team_id, name, age, email, t, tn, motto);

-- name: cross_join_inside_without_parentheses
SELECT p.name, q.name AS other, t.name AS team FROM people p RIGHT JOIN people q CROSS JOIN teams t ON p.team_id = q.id;

-- name: nested_with_values_first
SELECT p.name, v.n AS "v.n", t.id AS "t.id" FROM people p LEFT JOIN ((VALUES (1)) AS v (n) LEFT JOIN teams t ON t.id = v.n) ON false;
