CREATE TABLE t (id integer PRIMARY KEY, x integer);
INSERT INTO t VALUES (1, NULL), (2, 5);
CREATE FUNCTION nvl(integer, integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION last(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION logical_or(boolean) RETURNS boolean LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION array_overlaps(integer[], integer[]) RETURNS boolean LANGUAGE sql AS 'SELECT true';
