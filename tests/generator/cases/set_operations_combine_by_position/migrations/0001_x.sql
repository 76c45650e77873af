CREATE TABLE t (id integer PRIMARY KEY, x integer, y integer NOT NULL);
INSERT INTO t VALUES (1, NULL, 1);
