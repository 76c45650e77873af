-- needs PostgreSQL 17
CREATE TABLE t (id integer PRIMARY KEY, x integer, y integer, s text DEFAULT 'd');
CREATE TABLE s (id integer PRIMARY KEY, z integer NOT NULL, w integer);
CREATE TABLE triggered (id integer PRIMARY KEY, x integer);
CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
CREATE TRIGGER drop_it BEFORE INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION drop_it();
INSERT INTO t VALUES (1, NULL, NULL, NULL), (2, 5, 6, 's');
INSERT INTO s VALUES (1, 5, NULL), (2, 6, 7), (3, 6, NULL);
