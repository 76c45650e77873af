-- needs PostgreSQL 18
CREATE TABLE parent (id integer NOT NULL, x integer, y integer NOT NULL);
ALTER TABLE parent ADD CONSTRAINT here NOT NULL x NO INHERIT;
CREATE TABLE child () INHERITS (parent);
INSERT INTO child VALUES (1, NULL, 2);
