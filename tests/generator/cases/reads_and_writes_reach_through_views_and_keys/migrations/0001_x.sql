CREATE TABLE orgs (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (id integer PRIMARY KEY, org_id integer REFERENCES orgs ON DELETE CASCADE);
CREATE TABLE notes (id integer PRIMARY KEY, user_id integer REFERENCES users ON DELETE SET NULL);
CREATE TABLE logs (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE logs_2024 PARTITION OF logs FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE VIEW members AS SELECT u.id, o.name FROM users u JOIN orgs o ON o.id = u.org_id;
