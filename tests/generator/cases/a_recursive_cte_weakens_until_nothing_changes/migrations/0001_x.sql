CREATE TABLE nodes (id integer PRIMARY KEY, parent_id integer REFERENCES nodes, name text NOT NULL);
INSERT INTO nodes VALUES (1, NULL, 'root'), (2, 1, 'leaf');
