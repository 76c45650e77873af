CREATE TABLE users (id integer PRIMARY KEY, name text, email text);
CREATE TABLE audit (id integer, at timestamptz);
CREATE TABLE counts (n integer);
CREATE TABLE deep (id integer);
CREATE TABLE gone (id integer);
CREATE TABLE never (id integer);
CREATE TABLE emails (email text);

CREATE FUNCTION to_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    never never%ROWTYPE;  -- a variable, and no more
BEGIN
    -- INSERT INTO gone is only a comment, and 'UPDATE gone' only a text
    INSERT INTO audit VALUES (NEW.id, now());
    RAISE NOTICE 'UPDATE gone';
    RETURN NEW;
END $$;
CREATE TRIGGER to_audit AFTER INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION to_audit();

CREATE FUNCTION count_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE counts SET n = (SELECT count(*) FROM users);
    PERFORM go_deep();
    RETURN NULL;
END $$;
CREATE FUNCTION go_deep() RETURNS void LANGUAGE sql AS 'DELETE FROM ONLY deep';
CREATE TRIGGER count_audit AFTER INSERT ON audit FOR EACH STATEMENT EXECUTE FUNCTION count_audit();

CREATE FUNCTION to_gone() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO gone VALUES (OLD.id); RETURN OLD; END';
CREATE CONSTRAINT TRIGGER to_gone AFTER DELETE ON users DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION to_gone();
CREATE FUNCTION to_never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO never VALUES (OLD.id); RETURN OLD; END';
CREATE TRIGGER to_never AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION to_never();
ALTER TABLE users DISABLE TRIGGER to_never;

CREATE FUNCTION email_is_new() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT NOT EXISTS (SELECT FROM emails)';
CREATE FUNCTION to_emails() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO emails VALUES (NEW.email); RETURN NEW; END';
CREATE TRIGGER to_emails BEFORE UPDATE OF email ON users FOR EACH ROW WHEN (email_is_new()) EXECUTE FUNCTION to_emails();
CREATE FUNCTION emptied() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM counts; RETURN NULL; END';
CREATE TRIGGER emptied AFTER TRUNCATE ON users EXECUTE FUNCTION emptied();
CREATE EXTENSION moddatetime;
CREATE EXTENSION refint;
CREATE TABLE stamped (id integer, at timestamptz);
CREATE TRIGGER stamp BEFORE UPDATE ON stamped FOR EACH ROW EXECUTE FUNCTION moddatetime(at);
CREATE TRIGGER refer BEFORE DELETE ON stamped FOR EACH ROW EXECUTE FUNCTION check_foreign_key(1, 'cascade', 'id', 'gone', 'id');

CREATE TABLE parted (id integer) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parted DEFAULT PARTITION BY RANGE (id);
CREATE TABLE leaf PARTITION OF part DEFAULT;
CREATE TRIGGER counted AFTER INSERT ON parted FOR EACH ROW WHEN (email_is_new()) EXECUTE FUNCTION emptied();
