-- needs PostgreSQL 16
CREATE TABLE t (id integer PRIMARY KEY, a boolean, b boolean NOT NULL, x integer, s text);
INSERT INTO t VALUES (1, NULL, true, NULL, NULL), (2, true, false, 5, 'a');
