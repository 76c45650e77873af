CREATE TABLE t (id integer PRIMARY KEY, a integer[] NOT NULL, x integer);
INSERT INTO t VALUES (1, '{1,NULL}', NULL), (2, '{}', 1);
CREATE FUNCTION pairs(n integer) RETURNS TABLE (a integer, b text) LANGUAGE plpgsql AS $$BEGIN RETURN QUERY SELECT n, NULL::text; END$$;
CREATE FUNCTION one_pair(n integer, OUT a integer, OUT b text) LANGUAGE plpgsql AS $$BEGIN a := NULL; END$$;
CREATE FUNCTION number(n integer) RETURNS integer LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
CREATE FUNCTION rows_of_t() RETURNS SETOF t LANGUAGE plpgsql AS $$BEGIN RETURN NEXT ROW(NULL, NULL, NULL)::t; END$$;
CREATE TYPE coordinates AS (x int, y text);
CREATE FUNCTION one_row_alone() RETURNS TABLE (r coordinates) STABLE LANGUAGE sql AS $$ VALUES ('(2,)'::coordinates) $$;
