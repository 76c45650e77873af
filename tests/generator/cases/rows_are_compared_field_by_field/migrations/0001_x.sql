CREATE TABLE t (id integer PRIMARY KEY, x integer);
CREATE TYPE pair AS (a integer, b integer);
CREATE TABLE p (id integer PRIMARY KEY, pair pair);
INSERT INTO t VALUES (1, NULL), (2, 5);
INSERT INTO p VALUES (1, NULL), (2, (NULL, NULL)), (3, (1, NULL)), (4, (1, 2));
