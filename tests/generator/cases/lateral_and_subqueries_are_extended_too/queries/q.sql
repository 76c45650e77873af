-- name: subquery
SELECT p.name, s.n FROM people p LEFT JOIN (SELECT 1 AS n, id FROM teams) s ON s.id = p.team_id;

-- name: lateral
SELECT p.name, s.n, s.team FROM people p LEFT JOIN LATERAL (SELECT 1 AS n, t.name AS team FROM teams t WHERE t.id = p.team_id) s ON true;

-- name: lateral_aggregate_has_a_row
SELECT p.name, s.n, s.m FROM people p CROSS JOIN LATERAL (SELECT count(*) AS n, max(t.id) AS m FROM teams t WHERE t.id = p.team_id) s;

-- name: cte_materialized
WITH s AS MATERIALIZED (SELECT id, name FROM teams) SELECT p.name, s.name AS team FROM people p LEFT JOIN s ON s.id = p.team_id;

-- name: cte_not_materialized
WITH s AS NOT MATERIALIZED (SELECT id, name FROM teams) SELECT p.name, s.name AS team FROM s JOIN people p ON s.id = p.team_id;

-- name: self_join
SELECT a.name, b.name AS elder FROM people a LEFT JOIN people b ON b.age > a.age;

-- name: whole_rows
SELECT p AS person, t AS team FROM people p LEFT JOIN teams t ON t.id = p.team_id;
