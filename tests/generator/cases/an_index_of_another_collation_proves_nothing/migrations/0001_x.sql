-- needs ICU
CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE blind (id integer PRIMARY KEY, name text COLLATE blind NOT NULL);
CREATE UNIQUE INDEX blind_name ON blind (name COLLATE "C");
CREATE TABLE sighted (id integer PRIMARY KEY, name text COLLATE blind NOT NULL UNIQUE);
INSERT INTO blind VALUES (1, 'a'), (2, 'A');
