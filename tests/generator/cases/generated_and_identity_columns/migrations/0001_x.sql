-- needs PostgreSQL 18
CREATE TABLE t (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    x integer,
    doubled integer GENERATED ALWAYS AS (x * 2) STORED,
    shown text GENERATED ALWAYS AS ('x' || x) VIRTUAL
);
INSERT INTO t (x) VALUES (NULL), (1);
