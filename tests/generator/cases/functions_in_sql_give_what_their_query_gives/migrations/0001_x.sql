CREATE TABLE t (id integer PRIMARY KEY, x integer, y integer NOT NULL);
CREATE TABLE narrow (x integer);
INSERT INTO t VALUES (1, NULL, 5);
INSERT INTO narrow VALUES (NULL);
CREATE FUNCTION rows_above(low integer) RETURNS TABLE (id integer, x integer, low integer, given integer) LANGUAGE sql AS
    'SELECT t.id, t.x, $1, rows_above.low FROM t WHERE t.y > $1';
CREATE FUNCTION one_above(low integer, OUT id integer, OUT y integer) LANGUAGE sql AS 'SELECT t.id, t.y FROM t WHERE t.y > $1';
CREATE FUNCTION totals(OUT n bigint, OUT most integer) LANGUAGE sql AS 'SELECT count(*), max(y) FROM t';
CREATE FUNCTION strict_totals(integer, OUT n bigint, OUT m bigint) LANGUAGE sql STRICT AS 'SELECT count(*), count(*) FROM t';
CREATE FUNCTION narrow_rows() RETURNS SETOF narrow LANGUAGE sql AS 'SELECT narrow FROM narrow';
CREATE FUNCTION all_of_t() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';
CREATE FUNCTION atomic(a integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t WHERE y > a; END;
CREATE FUNCTION returned(a integer) RETURNS integer LANGUAGE sql RETURN coalesce(a, 0);
CREATE FUNCTION strictly(a integer) RETURNS integer LANGUAGE sql STRICT AS 'SELECT 1';
CREATE FUNCTION no_row() RETURNS integer LANGUAGE sql AS 'SELECT y FROM t WHERE false';
CREATE FUNCTION by_default(a integer DEFAULT NULL) RETURNS integer LANGUAGE sql STRICT AS 'SELECT 1';
CREATE FUNCTION nothing() RETURNS void LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION lower(integer) RETURNS text LANGUAGE sql AS 'SELECT ''a''';
CREATE FUNCTION other_path() RETURNS TABLE (y integer) LANGUAGE sql SET search_path = other AS 'SELECT NULL::integer';
