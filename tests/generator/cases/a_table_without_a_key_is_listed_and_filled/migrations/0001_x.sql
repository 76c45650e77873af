CREATE TABLE notes (at timestamptz NOT NULL DEFAULT now(), text text);
CREATE TABLE nothing ();
CREATE TABLE only_made (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, twice int GENERATED ALWAYS AS (1 + 1) STORED);
