CREATE TABLE pg_names (id int PRIMARY KEY, relname text);
CREATE TABLE kept (id int PRIMARY KEY, name text);
INSERT INTO kept VALUES (1, 'pg_class'), (2, NULL);
