CREATE TYPE pair AS (f integer, g integer);
CREATE TABLE t (id integer PRIMARY KEY, pair pair, f integer, a integer[]);
INSERT INTO t VALUES (1, NULL, NULL, NULL);
