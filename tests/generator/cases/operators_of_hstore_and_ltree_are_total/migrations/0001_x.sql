-- needs extension hstore
-- needs extension ltree
CREATE EXTENSION hstore;
CREATE EXTENSION ltree;
CREATE TABLE t (id integer PRIMARY KEY, h hstore NOT NULL, l ltree NOT NULL, n hstore);
INSERT INTO t VALUES (1, 'a=>NULL', 'a.b', NULL), (2, 'a=>1', '', 'a=>2');
