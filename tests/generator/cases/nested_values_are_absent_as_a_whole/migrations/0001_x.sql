CREATE TABLE orgs (id int PRIMARY KEY, name text NOT NULL, note text);
CREATE TABLE users (id int PRIMARY KEY, org_id int, name text NOT NULL);
CREATE TABLE loose (x int, y int);
INSERT INTO orgs VALUES (1, 'a', NULL), (2, 'b', 'n');
INSERT INTO users VALUES (1, 1, 'u'), (2, NULL, 'v'), (3, 2, 'w');
INSERT INTO loose VALUES (1, NULL), (NULL, NULL);
