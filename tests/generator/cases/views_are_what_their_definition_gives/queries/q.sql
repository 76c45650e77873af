-- name: list_members
SELECT * FROM members;

-- name: list_renamed
SELECT a, b, c FROM renamed;

-- name: list_counts
SELECT team, n, last FROM counts;

-- name: list_named
SELECT m.id, n.team FROM members m LEFT JOIN named_ones n ON n.team = m.team;

-- name: a_view_in_a_join
SELECT m.team FROM members m JOIN teams t ON t.name = m.team;
