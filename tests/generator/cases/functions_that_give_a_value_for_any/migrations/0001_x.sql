CREATE EXTENSION IF NOT EXISTS citext;
CREATE SEQUENCE counter;
CREATE TABLE t (id integer PRIMARY KEY, s text NOT NULL, n text, c citext NOT NULL, j jsonb NOT NULL, a integer[] NOT NULL, at timestamptz NOT NULL,
    b bytea NOT NULL, ip inet NOT NULL, v tsvector NOT NULL, r int4range NOT NULL, amount numeric NOT NULL);
INSERT INTO t VALUES (1, 'a/b', NULL, 'A', '{"a": 1, "b": null}', '{1,NULL}', 'infinity', 'x', '10.0.0.1/8', 'a', 'empty', 'NaN');
