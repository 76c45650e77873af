-- What every random schema has: types, and functions and an aggregate that do not keep to what their names suggest.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (n integer, t text);
CREATE DOMAIN few AS integer CHECK (VALUE < 100);
CREATE DOMAIN sure AS text NOT NULL;
CREATE DOMAIN surer AS sure CHECK (VALUE <> 'x');
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql STRICT AS 'SELECT NULLIF($1, 2)';
CREATE FUNCTION g(integer) RETURNS integer LANGUAGE sql AS 'SELECT coalesce($1, 2)';
CREATE FUNCTION h(x integer, y integer DEFAULT NULL) RETURNS integer LANGUAGE sql AS 'SELECT coalesce(x, y)';
CREATE FUNCTION nvl(integer, integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION three(integer) RETURNS integer LANGUAGE sql STRICT AS 'SELECT 3';
CREATE FUNCTION total(VARIADIC integer[]) RETURNS integer LANGUAGE sql AS 'SELECT sum(z)::int FROM unnest($1) AS z';
CREATE FUNCTION later(n integer) RETURNS integer LANGUAGE plpgsql AS $$BEGIN RETURN nullif(n, 1); END$$;
CREATE FUNCTION even(n integer) RETURNS boolean LANGUAGE sql STRICT RETURN n % 2 = 0;
CREATE FUNCTION named(t text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT t';
CREATE FUNCTION clock_of(timestamptz) RETURNS time LANGUAGE sql AS 'SELECT coalesce($1, now())';
CREATE FUNCTION rows_of(integer) RETURNS TABLE (n integer, t text) LANGUAGE sql
    AS 'SELECT $1, NULL::text FROM generate_series(1, 2)';
CREATE FUNCTION sure_rows() RETURNS TABLE (n integer, t text) LANGUAGE sql
    AS 'SELECT z, ''a'' FROM generate_series(1, 2) AS z';
CREATE FUNCTION one_row(integer, OUT n integer, OUT t text) LANGUAGE sql AS 'SELECT $1, ''a''';
CREATE FUNCTION strict_row(integer, OUT n integer, OUT t text) LANGUAGE sql STRICT AS 'SELECT 1, ''a''';
CREATE FUNCTION pair_of(integer) RETURNS pair LANGUAGE sql AS 'SELECT $1, ''a''';
CREATE FUNCTION pairs_of(integer) RETURNS SETOF pair LANGUAGE sql AS 'SELECT z, NULL FROM generate_series(1, $1) AS z';
CREATE FUNCTION some_of(n integer) RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1 WHERE n > 1 UNION ALL SELECT 2';
CREATE AGGREGATE grouping_or(integer) (SFUNC = int4or, STYPE = integer);
CREATE FUNCTION pause() RETURNS boolean LANGUAGE sql AS 'SELECT pg_advisory_xact_lock_shared(1) IS NOT NULL';
