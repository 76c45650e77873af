CREATE TABLE t (id integer PRIMARY KEY, y integer NOT NULL);
CREATE TABLE e (id integer PRIMARY KEY, y integer NOT NULL);
INSERT INTO t VALUES (1, 1), (2, 2);
