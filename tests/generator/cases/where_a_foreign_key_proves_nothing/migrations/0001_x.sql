CREATE TABLE org (id integer PRIMARY KEY, code char(3) NOT NULL UNIQUE, name text NOT NULL);
CREATE TABLE hidden (id integer PRIMARY KEY, name text NOT NULL);
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
CREATE TABLE person (id integer PRIMARY KEY, org_id integer NOT NULL REFERENCES org, hidden_id integer NOT NULL REFERENCES hidden,
    later_id integer NOT NULL REFERENCES org DEFERRABLE, unchecked_id integer NOT NULL, code text NOT NULL REFERENCES org (code));
ALTER TABLE person ADD FOREIGN KEY (unchecked_id) REFERENCES org NOT VALID;
CREATE TABLE old_person () INHERITS (person);
CREATE TABLE off (org_id integer NOT NULL REFERENCES org);
ALTER TABLE off DISABLE TRIGGER ALL;
CREATE TABLE pet (org_id integer NOT NULL REFERENCES org, name text NOT NULL);
CREATE MATERIALIZED VIEW pet_copy AS SELECT org_id FROM pet;
CREATE FUNCTION pet_org() RETURNS TABLE (org text) LANGUAGE sql AS 'SELECT o.name FROM pet p LEFT JOIN org o ON o.id = p.org_id';
CREATE VIEW locked AS SELECT p.name, o.name AS org FROM pet p LEFT JOIN org o ON o.id = p.org_id FOR UPDATE OF p;
INSERT INTO org VALUES (1, 'a', 'A');
INSERT INTO off VALUES (2);
INSERT INTO pet VALUES (1, 'p');
INSERT INTO old_person VALUES (1, 9, 9, 9, 9, 'zzz');
