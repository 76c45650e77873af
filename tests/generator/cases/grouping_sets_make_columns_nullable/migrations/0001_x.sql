CREATE TABLE t (id integer PRIMARY KEY, x integer, y integer NOT NULL, s text NOT NULL);
INSERT INTO t VALUES (1, NULL, 1, 'a'), (2, 5, 2, 'b');
