-- needs extension vector
CREATE EXTENSION vector;
CREATE TABLE t (id integer PRIMARY KEY, v vector(2) NOT NULL, n vector(2));
INSERT INTO t VALUES (1, '[1,2]', NULL), (2, '[0,0]', '[1,1]');
