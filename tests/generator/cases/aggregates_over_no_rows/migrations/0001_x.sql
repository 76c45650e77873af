CREATE TABLE t (id integer PRIMARY KEY, x integer, y integer NOT NULL, s text NOT NULL);
