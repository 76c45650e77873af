CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE orgs (id uuid PRIMARY KEY, name text NOT NULL, note text, mood mood NOT NULL, price numeric(10,2), tags text[] NOT NULL);
CREATE TABLE users (id int PRIMARY KEY, org_id uuid NOT NULL, name text NOT NULL, data jsonb NOT NULL);
INSERT INTO orgs VALUES ('00000000-0000-0000-0000-000000000001', 'a', NULL, 'good', 1.50, '{x}');
INSERT INTO users VALUES (1, '00000000-0000-0000-0000-000000000001', 'u', '{}');
