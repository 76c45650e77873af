CREATE TABLE t (id integer PRIMARY KEY, x integer, s text);
INSERT INTO t VALUES (1, NULL, NULL), (2, 5, 'a');
