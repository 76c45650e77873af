CREATE TABLE owners (id int PRIMARY KEY, name text NOT NULL, email text UNIQUE);
CREATE TABLE items (
    id int PRIMARY KEY,
    owner_id int REFERENCES owners,
    label text,
    price numeric,
    kind text NOT NULL DEFAULT 'plain',
    made date DEFAULT '2020-01-01'
);
INSERT INTO owners VALUES (1, 'ada', 'a@x.org'), (2, 'bob', NULL);
INSERT INTO items VALUES (1, 1, 'pen', 2.5, 'plain', NULL), (2, NULL, NULL, NULL, 'rare', '2021-01-01'), (3, 2, 'cup', NULL, 'plain', NULL);
