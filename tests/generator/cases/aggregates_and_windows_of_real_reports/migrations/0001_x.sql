CREATE TABLE t (id integer PRIMARY KEY, x integer NOT NULL, y integer, s text NOT NULL, at timestamptz NOT NULL);
INSERT INTO t VALUES (1, 1, NULL, 'a', 'infinity'), (2, 2, 2, 'a', 'now'), (3, 3, NULL, 'b', 'now');
