CREATE TABLE a (id integer PRIMARY KEY, x integer NOT NULL, n integer);
CREATE TABLE b (id integer PRIMARY KEY, y integer NOT NULL, n integer);
INSERT INTO a VALUES (1, 1, NULL), (2, 2, 5);
INSERT INTO b VALUES (2, 2, 5), (3, 3, NULL);
