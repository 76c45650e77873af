CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, note text);
INSERT INTO users (name) VALUES ('a');
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE DOMAIN sure AS text NOT NULL;
CREATE TABLE hosts (id integer PRIMARY KEY, net cidr NOT NULL, note text NOT NULL, place box NOT NULL, mood mood NOT NULL);
INSERT INTO hosts VALUES (1, '10.0.0.0/16', 'a', '(3,3),(1,1)', 'ok');
