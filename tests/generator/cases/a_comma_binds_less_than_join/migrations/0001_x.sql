CREATE TABLE a (id integer PRIMARY KEY, x integer);
CREATE TABLE b (k integer, y integer NOT NULL);
CREATE TABLE c (k integer, x integer);
INSERT INTO a VALUES (1, NULL);
INSERT INTO b VALUES (1, 1);
INSERT INTO c VALUES (1, 5);
