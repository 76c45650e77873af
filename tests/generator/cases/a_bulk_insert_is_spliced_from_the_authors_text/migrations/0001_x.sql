CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE place AS (x int, y int);
CREATE DOMAIN words AS text[];
CREATE TABLE people (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text UNIQUE NOT NULL, mood mood, tags text[],
    at place, words words, code character(3), bits bit(4), size int4range, doc jsonb, made date DEFAULT now()
);
