-- needs PostgreSQL 17
CREATE TABLE t (id integer PRIMARY KEY, x integer, y integer NOT NULL, s text DEFAULT 'd');
INSERT INTO t VALUES (1, NULL, 1, NULL), (2, 5, 2, 'b');
