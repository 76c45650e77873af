CREATE DOMAIN tag AS text;
CREATE TABLE "Odd Table" ("select" int, "b c" tag NOT NULL, g int GENERATED ALWAYS AS ("select" + 1) STORED);
CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz, message text);
