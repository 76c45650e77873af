CREATE TYPE money_of AS (amount numeric, currency text);
CREATE TABLE offers (id int PRIMARY KEY, price money_of NOT NULL, name text NOT NULL);
INSERT INTO offers VALUES (1, '(2.5,CHF)', 'a');
