CREATE TABLE t (id integer PRIMARY KEY, x integer, "Ref" integer);
CREATE TABLE u (id integer PRIMARY KEY, x integer NOT NULL);
INSERT INTO t VALUES (1, NULL, 1), (2, 5, 2);
INSERT INTO u VALUES (1, 1);
