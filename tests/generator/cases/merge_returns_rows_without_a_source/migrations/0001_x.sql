-- needs PostgreSQL 17
CREATE TABLE t (id integer PRIMARY KEY, y integer NOT NULL);
CREATE TABLE s (id integer PRIMARY KEY, z integer NOT NULL);
INSERT INTO t VALUES (1, 1), (2, 2);
INSERT INTO s VALUES (2, 5), (3, 6);
