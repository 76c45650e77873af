CREATE SCHEMA other;
CREATE TABLE a (id integer);
CREATE TABLE b (id integer);
CREATE TABLE c (id integer);
CREATE TABLE other.d (id integer);
CREATE TABLE "E" (id integer);
CREATE VIEW va AS SELECT id FROM a;
CREATE FUNCTION several() RETURNS integer LANGUAGE sql AS 'INSERT INTO b SELECT id FROM va; DELETE FROM c; SELECT 1';
CREATE FUNCTION atomic(integer) RETURNS SETOF integer STABLE BEGIN ATOMIC SELECT id FROM a WHERE id > $1; END;
CREATE FUNCTION overloaded(integer) RETURNS integer LANGUAGE sql STABLE AS 'SELECT id FROM a';
CREATE FUNCTION overloaded(text) RETURNS integer LANGUAGE sql STABLE AS 'SELECT id FROM b';
CREATE FUNCTION other.elsewhere() RETURNS integer LANGUAGE plpgsql SET search_path = other AS 'BEGIN DELETE FROM d; RETURN 1; END';
CREATE FUNCTION reads_only() RETURNS integer LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT count(*) FROM "E"); END';
CREATE FUNCTION dynamic(t text) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DELETE FROM ' || t; RETURN 1; END $$;
CREATE FUNCTION dynamic_reader(t text) RETURNS integer LANGUAGE plpgsql STABLE AS
    $$ DECLARE n integer; BEGIN EXECUTE 'SELECT 1 FROM ' || t INTO n; RETURN n; END $$;
CREATE PROCEDURE work(n integer) LANGUAGE plpgsql AS $$ BEGIN UPDATE b SET id = n; PERFORM several(); END $$;
CREATE FUNCTION round_and_round(integer) RETURNS integer LANGUAGE sql STABLE AS 'SELECT id FROM c';
CREATE OR REPLACE FUNCTION round_and_round(integer) RETURNS integer LANGUAGE sql STABLE AS
    'SELECT round_and_round($1 - 1) FROM c';
