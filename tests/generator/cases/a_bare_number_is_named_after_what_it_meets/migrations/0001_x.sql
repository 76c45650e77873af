CREATE TABLE t (id integer PRIMARY KEY, x integer, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), ttl interval, data jsonb, tags text[]);
CREATE FUNCTION transfer(from_id integer, to_id integer, "Amount" numeric DEFAULT 0) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION unnamed(double precision, integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION twice(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION twice(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION twice(c text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
