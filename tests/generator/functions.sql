-- What every random schema has: functions and an aggregate that do not keep to what their names suggest.
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql STRICT AS 'SELECT NULLIF($1, 2)';
CREATE FUNCTION g(integer) RETURNS integer LANGUAGE sql AS 'SELECT coalesce($1, 2)';
CREATE FUNCTION nvl(integer, integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION rows_of(integer) RETURNS TABLE (n integer, t text) LANGUAGE sql
    AS 'SELECT $1, NULL::text FROM generate_series(1, 2)';
CREATE FUNCTION one_row(integer, OUT n integer, OUT t text) LANGUAGE sql AS 'SELECT $1, ''a''';
CREATE AGGREGATE grouping_or(integer) (SFUNC = int4or, STYPE = integer);
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    IF NEW.id % 2 = 0 THEN RETURN NULL; END IF;
    NEW.i := NULL; RETURN NEW;
END$$;
