CREATE TABLE t (id integer PRIMARY KEY, at timestamptz NOT NULL, s text NOT NULL, r int4range NOT NULL, a integer[] NOT NULL, j jsonb NOT NULL, unit text);
INSERT INTO t VALUES (1, 'infinity', '', 'empty', '{}', 'null', NULL), (2, '2024-01-01', 'abc', '[1,5)', '{1,NULL}', '{"a": null}', 'day');
