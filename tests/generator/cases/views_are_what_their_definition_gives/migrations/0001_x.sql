CREATE TABLE teams (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE people (id integer PRIMARY KEY, team_id integer, name text NOT NULL);
INSERT INTO people VALUES (1, NULL, 'ada');
CREATE VIEW members AS SELECT p.id, p.name, t.name AS team, coalesce(p.team_id, 0) AS team_id FROM people p LEFT JOIN teams t ON t.id = p.team_id;
CREATE VIEW renamed (a, b, c) AS SELECT team, name, id FROM members;
CREATE MATERIALIZED VIEW counts AS SELECT team, count(*) AS n, max(id) AS last FROM members GROUP BY team;
CREATE VIEW named_ones AS SELECT team FROM members WHERE team IS NOT NULL;
