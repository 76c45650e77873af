-- needs PostgreSQL 16
CREATE TABLE t (id integer PRIMARY KEY, keys text[] NOT NULL, vals text[]);
INSERT INTO t VALUES (1, '{a,b}', '{1,NULL}'), (2, '{}', NULL);
