CREATE TABLE t (id integer PRIMARY KEY, x integer, s text);
INSERT INTO t VALUES (1, NULL, NULL), (2, 5, 'a');
CREATE FUNCTION same(integer, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 IS NULL';
CREATE OPERATOR = (LEFTARG = integer, RIGHTARG = text, FUNCTION = same);
CREATE FUNCTION perhaps_same(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT nullif($1 = $2, true)';
CREATE OPERATOR ~= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = perhaps_same);
