CREATE TABLE a (id integer PRIMARY KEY, "Name" text NOT NULL, "select" integer);
CREATE TABLE b (k integer, a_id integer NOT NULL);
