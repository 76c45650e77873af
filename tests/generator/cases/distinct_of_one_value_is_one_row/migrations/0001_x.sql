CREATE TABLE t (id integer PRIMARY KEY, x integer);
INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2);
