CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, org_id integer NOT NULL, handle text NOT NULL, deleted_at timestamptz, status text NOT NULL);
CREATE UNIQUE INDEX users_email ON users (email) WHERE deleted_at IS NULL AND status = 'active';
CREATE UNIQUE INDEX users_handle ON users (org_id, handle);
CREATE UNIQUE INDEX users_lower ON users (lower(email));
CREATE TABLE sessions (token uuid PRIMARY KEY, user_id integer NOT NULL);
INSERT INTO users VALUES (1, 'c', 1, 'x', NULL, 'active'), (2, 'a', 1, 'y', NULL, 'Active'), (3, 'd', 2, 'x', now(), 'active'), (4, 'b', 2, 'z', now(), 'active');
UPDATE users SET email = email || id WHERE id > 1;
