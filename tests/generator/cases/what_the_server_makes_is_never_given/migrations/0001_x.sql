CREATE DOMAIN code AS text NOT NULL;
CREATE DOMAIN rank AS int NOT NULL DEFAULT 1;
CREATE TABLE items (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    slug text GENERATED ALWAYS AS (lower(name)) STORED UNIQUE,
    code code UNIQUE,
    rank rank,
    checked text CHECK (checked IS NOT NULL),
    serial serial
);
