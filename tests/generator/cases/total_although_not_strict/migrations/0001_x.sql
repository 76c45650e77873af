-- needs PostgreSQL 17
CREATE TABLE t (id integer PRIMARY KEY, x integer, s text);
INSERT INTO t VALUES (1, NULL, NULL);
