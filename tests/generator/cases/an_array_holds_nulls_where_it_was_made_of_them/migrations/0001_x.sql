CREATE TABLE teams (id int PRIMARY KEY, name text NOT NULL, tags text[] NOT NULL DEFAULT '{}');
CREATE TABLE players (id int PRIMARY KEY, team_id int NOT NULL REFERENCES teams (id), name text NOT NULL, nick text);
INSERT INTO teams VALUES (1, 'a'), (2, 'b');
INSERT INTO players VALUES (1, 1, 'Ann', NULL);
