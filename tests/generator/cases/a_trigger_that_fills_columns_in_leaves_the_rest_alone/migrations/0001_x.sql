CREATE TABLE t (id integer PRIMARY KEY, x integer, name text, slug text, updated_at timestamptz, low text GENERATED ALWAYS AS (lower(slug)) STORED);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- the time of the change; RETURN NULL;
    NEW.updated_at := now();
    NEW.slug = lower(NEW.name);
    IF NEW.name IS NULL OR (CASE WHEN NEW.x > 1 THEN true ELSE false END) THEN
        NEW.name := coalesce(NEW.name, 'none');
    ELSIF NEW.x = 7 THEN
        RAISE NOTICE 'seven; %', NEW.x;
    ELSE
        PERFORM pg_sleep(0);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO t VALUES (1, NULL, 'a', 's'), (2, 2, NULL, NULL);

CREATE TABLE dropping (id integer PRIMARY KEY, x integer);
CREATE FUNCTION drop_some() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.x = 1 THEN RETURN NULL; END IF; RETURN NEW; END$$;
CREATE TRIGGER drop_some BEFORE INSERT ON dropping FOR EACH ROW EXECUTE FUNCTION drop_some();
CREATE TABLE whole (id integer PRIMARY KEY, x integer);
CREATE FUNCTION whole() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW := ROW(NEW.id, NULL::integer); RETURN NEW; END$$;
CREATE TRIGGER whole BEFORE INSERT ON whole FOR EACH ROW EXECUTE FUNCTION whole();
CREATE TABLE queried (id integer PRIMARY KEY, x integer, y integer);
CREATE FUNCTION queried() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN SELECT NULL INTO NEW.x; RETURN NEW; END$$;
CREATE TRIGGER queried BEFORE INSERT ON queried FOR EACH ROW EXECUTE FUNCTION queried();
CREATE TABLE cast_away (id integer PRIMARY KEY, at time, n integer);
CREATE FUNCTION cast_away() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.at := 'infinity'::timestamptz; NEW.n := 1; RETURN NEW; END$$;
CREATE TRIGGER cast_away BEFORE INSERT ON cast_away FOR EACH ROW EXECUTE FUNCTION cast_away();
