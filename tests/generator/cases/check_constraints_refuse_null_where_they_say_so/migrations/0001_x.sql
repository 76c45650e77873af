CREATE TABLE t (
    id integer PRIMARY KEY, a integer CHECK (a IS NOT NULL), b integer CHECK (b > 0), c integer, d integer, e integer, f integer, g integer,
    h text, i integer, j integer, k integer,
    CHECK (c IS NOT NULL AND d > 0),
    CHECK (e IS NOT NULL OR f IS NOT NULL),
    CONSTRAINT strictly CHECK ((g > 0) IS TRUE),
    CHECK (lower(h) IS NOT NULL),
    CHECK (NOT (i IS NULL)),
    CHECK (num_nulls(j, k) = 0)
);
ALTER TABLE t ADD x integer, ADD y integer;
INSERT INTO t VALUES (1, 1, NULL, 1, NULL, NULL, 1, 1, 'h', 1, 1, 1, NULL, NULL);
ALTER TABLE t ADD CONSTRAINT later CHECK (x IS NOT NULL) NOT VALID;
CREATE TABLE parent (id integer PRIMARY KEY, a integer, CONSTRAINT here CHECK (a IS NOT NULL) NO INHERIT, b integer CHECK (b IS NOT NULL));
CREATE TABLE child () INHERITS (parent);
INSERT INTO child VALUES (1, NULL, 1);
CREATE TABLE parts (id integer, a integer CHECK (a IS NOT NULL)) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (100);
INSERT INTO parts VALUES (1, 1);
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.a := coalesce(NEW.a, 5); RETURN NEW; END$$;
CREATE TRIGGER lose BEFORE INSERT ON parts FOR EACH ROW EXECUTE FUNCTION lose();
CREATE VIEW v AS SELECT a, b FROM t;
