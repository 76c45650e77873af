CREATE TABLE t (id integer PRIMARY KEY, x integer, y integer);
INSERT INTO t VALUES (1, NULL, NULL), (2, 5, NULL), (3, NULL, 5), (4, 1, 2);
