CREATE TABLE t (id integer PRIMARY KEY, x integer);
CREATE TABLE e (id integer PRIMARY KEY, x integer NOT NULL);
INSERT INTO t VALUES (1, NULL), (2, 5);
