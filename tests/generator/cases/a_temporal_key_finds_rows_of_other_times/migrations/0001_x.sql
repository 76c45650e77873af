-- needs PostgreSQL 18
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE room (id integer, during daterange, name text NOT NULL, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE stay (id integer PRIMARY KEY, room_id integer NOT NULL, during daterange NOT NULL,
    FOREIGN KEY (room_id, PERIOD during) REFERENCES room (id, PERIOD during));
INSERT INTO room VALUES (1, '[2024-01-01,2024-02-01)', 'old'), (1, '[2024-02-01,2024-03-01)', 'new');
INSERT INTO stay VALUES (1, 1, '[2024-01-10,2024-02-10)');
