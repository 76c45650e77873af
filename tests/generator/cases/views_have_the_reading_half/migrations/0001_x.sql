CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL);
CREATE VIEW everybody AS SELECT id, name FROM people;
CREATE MATERIALIZED VIEW counted AS SELECT name, count(*) AS people FROM people GROUP BY name;
CREATE UNIQUE INDEX ON counted (name);
CREATE TABLE redirected (id int PRIMARY KEY);
CREATE RULE nowhere AS ON INSERT TO redirected DO INSTEAD NOTHING;
