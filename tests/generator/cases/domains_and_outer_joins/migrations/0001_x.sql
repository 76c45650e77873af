CREATE DOMAIN positive AS integer NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN tiny AS positive CHECK (VALUE < 10);
CREATE TABLE t (id integer PRIMARY KEY, p positive, q tiny);
INSERT INTO t VALUES (1, 5, 6);
