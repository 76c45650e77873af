CREATE FUNCTION own(n integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT coalesce(n, 0)';
CREATE TABLE t (
    id integer PRIMARY KEY, name text NOT NULL, n integer, c integer CHECK (c IS NOT NULL),
    search tsvector GENERATED ALWAYS AS (to_tsvector('simple', name)) STORED,
    shown text GENERATED ALWAYS AS (lower(name) || ' ' || coalesce(n, 0)::text) STORED,
    doubled integer GENERATED ALWAYS AS (n * 2) STORED,
    checked integer GENERATED ALWAYS AS (c + 1) STORED,
    by_own integer GENERATED ALWAYS AS (own(n)) STORED
);
CREATE TABLE parts (id integer NOT NULL, name text NOT NULL, low text GENERATED ALWAYS AS (lower(name)) STORED) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (100);
INSERT INTO t (id, name, n, c) VALUES (1, 'A', NULL, 1), (2, 'B', 2, 2);
INSERT INTO parts VALUES (1, 'A');
