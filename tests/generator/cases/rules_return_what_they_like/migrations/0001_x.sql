CREATE TABLE t (id integer NOT NULL, y integer NOT NULL);
CREATE TABLE other (a integer, b integer);
CREATE RULE instead AS ON INSERT TO t DO INSTEAD INSERT INTO other VALUES (1, 2), (3, 4) RETURNING NULL::integer, NULL::integer;
