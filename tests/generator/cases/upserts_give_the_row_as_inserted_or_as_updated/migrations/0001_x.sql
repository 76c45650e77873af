CREATE TABLE t (id integer PRIMARY KEY, x integer, y integer, s text DEFAULT 'd', at timestamptz DEFAULT now(), d integer GENERATED ALWAYS AS (x + 1) STORED);
CREATE TABLE triggered (id integer PRIMARY KEY, x integer);
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.x := NULL; RETURN NEW; END$$;
CREATE TRIGGER lose BEFORE UPDATE ON triggered FOR EACH ROW EXECUTE FUNCTION lose();
INSERT INTO t VALUES (1, NULL, NULL, NULL, NULL), (2, 5, 6, 's', now());
INSERT INTO triggered VALUES (1, 1);
