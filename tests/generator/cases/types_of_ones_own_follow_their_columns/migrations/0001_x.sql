-- UP
CREATE DOMAIN code AS text;
CREATE DOMAIN codes AS code[];
CREATE TABLE users (id uuid PRIMARY KEY, metadata jsonb NOT NULL, tags text[], code code, codes codes, boss uuid, name text);
CREATE TABLE archived (LIKE users);
CREATE TABLE parents (id uuid, note jsonb);
CREATE TABLE children () INHERITS (parents);
CREATE VIEW people AS SELECT id AS who, metadata AS about, metadata -> 'a' AS part, tags FROM users;
CREATE VIEW renamed AS SELECT p.who, p.about AS it, people_count.n FROM people p, (SELECT count(*) AS n FROM people) people_count;
CREATE VIEW kin AS SELECT note AS about FROM parents;
CREATE MATERIALIZED VIEW kept AS SELECT it FROM renamed;
CREATE VIEW built AS SELECT jsonb_agg(id) AS ids, max(name) AS name FROM users;
