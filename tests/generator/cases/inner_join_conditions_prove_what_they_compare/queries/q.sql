-- name: list_members
SELECT p.team_id, p.age FROM people p JOIN teams t ON t.id = p.team_id;

-- name: list_members_by_two_columns
SELECT p.team_id, p.age FROM people p JOIN teams t ON t.id = p.team_id AND p.age > t.id;

-- name: left_join_condition_proves_nothing_about_the_left
SELECT p.team_id, p.age FROM people p LEFT JOIN teams t ON t.id = p.team_id AND p.age > 3;

-- name: an_or_proves_what_both_sides_do
SELECT p.team_id, p.age FROM people p WHERE (p.age > 3 AND p.team_id = 1) OR p.age < 2;
