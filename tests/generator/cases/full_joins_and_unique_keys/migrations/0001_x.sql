CREATE TABLE a (id integer PRIMARY KEY, x integer NOT NULL);
CREATE TABLE b (id integer PRIMARY KEY, y integer NOT NULL);
INSERT INTO a VALUES (1, 1), (2, 2);
INSERT INTO b VALUES (2, 2), (3, 3);
