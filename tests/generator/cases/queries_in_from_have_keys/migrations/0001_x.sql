-- UP
CREATE TABLE orgs (org_id int PRIMARY KEY, slug text NOT NULL UNIQUE, name text);
CREATE TABLE users (id int PRIMARY KEY, org_id int NOT NULL REFERENCES orgs, name text, email text UNIQUE);
CREATE TABLE members (org_id int REFERENCES orgs, user_id int REFERENCES users (id), role text, PRIMARY KEY (org_id, user_id));
CREATE VIEW active AS SELECT u.id, u.name, o.slug, o.org_id FROM users u JOIN orgs o ON o.org_id = u.org_id WHERE u.name <> '';
CREATE VIEW by_org AS SELECT org_id, count(*) AS n FROM users GROUP BY org_id;
CREATE VIEW slugs AS SELECT slug FROM orgs UNION SELECT email FROM users;
CREATE VIEW nested AS SELECT a.id, b.n FROM active a JOIN by_org b ON b.org_id = a.org_id;
CREATE VIEW pairs AS SELECT u.id AS uid, o.org_id AS oid, m.role FROM members m JOIN users u ON u.id = m.user_id JOIN orgs o ON o.org_id = m.org_id;
CREATE TABLE numbers (n numeric PRIMARY KEY);
CREATE VIEW clocks AS SELECT id, (random() * 9)::int AS n FROM users;
CREATE MATERIALIZED VIEW kept AS SELECT org_id, count(*) AS n FROM users GROUP BY org_id;
CREATE VIEW watched AS SELECT org_id, slug FROM orgs GROUP BY org_id, slug;
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER watching INSTEAD OF UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION watch();
-- DOWN
