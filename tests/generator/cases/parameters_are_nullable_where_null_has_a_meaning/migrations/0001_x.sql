CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE TABLE t (id integer PRIMARY KEY, x integer, y integer NOT NULL, mood mood, tags text[], pair pair, code code NOT NULL);
