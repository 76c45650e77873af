CREATE TYPE pair AS (n integer, t text);
CREATE TABLE t (id integer PRIMARY KEY, t text NOT NULL, pairs pair[] NOT NULL, tags text[] NOT NULL);
INSERT INTO t VALUES (1, 'a', ARRAY[(1, NULL)::pair], '{a}');
