CREATE TYPE state AS ENUM ('open', 'done');
CREATE TABLE users (
    id integer PRIMARY KEY, email text NOT NULL, login varchar(20) NOT NULL, org integer NOT NULL, slug text, active boolean NOT NULL,
    state state NOT NULL, gone timestamptz, data jsonb NOT NULL, kind varchar(10) NOT NULL, score real NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (lower(email));
CREATE UNIQUE INDEX users_login ON users (org, lower(login)) WHERE gone IS NULL;
CREATE UNIQUE INDEX users_slug ON users (slug) WHERE slug IS NOT NULL;
CREATE UNIQUE INDEX users_active ON users (org) WHERE active;
CREATE UNIQUE INDEX users_passive ON users (org, state) WHERE NOT active;
CREATE UNIQUE INDEX users_state ON users (login, org) WHERE state IN ('open', 'done') AND kind IN ('a', 'b');
CREATE UNIQUE INDEX users_key ON users ((data->>'key'));
CREATE UNIQUE INDEX users_score ON users ((score * 2));
CREATE TABLE tokens (token text PRIMARY KEY, user_id integer NOT NULL);
INSERT INTO users VALUES
    (1, 'A', 'x', 1, NULL, true, 'open', NULL, '{"key": "k"}', 'a', 1), (2, 'b', 'y', 1, NULL, false, 'open', NULL, '{}', 'c', 2),
    (3, 'c', 'X', 1, 's', false, 'done', now(), '{}', 'a', 3);
INSERT INTO tokens VALUES ('t', 1), ('u', 2);
