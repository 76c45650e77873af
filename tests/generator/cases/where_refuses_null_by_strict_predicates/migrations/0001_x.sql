CREATE TABLE teams (id integer PRIMARY KEY, name text NOT NULL, motto text);
CREATE TABLE people (id integer PRIMARY KEY, team_id integer REFERENCES teams, name text NOT NULL, age integer, email text UNIQUE);
INSERT INTO teams VALUES (1, 'red', NULL), (2, 'blue', 'go');
INSERT INTO people VALUES (1, 1, 'ada', 36, 'ada@x.test'), (2, NULL, 'bob', NULL, NULL), (3, 2, 'cid', NULL, 'cid@x.test');
