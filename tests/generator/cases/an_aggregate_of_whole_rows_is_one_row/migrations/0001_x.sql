CREATE TABLE albums (id int PRIMARY KEY, title text NOT NULL);
CREATE TABLE songs (album_id int NOT NULL REFERENCES albums (id), name text NOT NULL, seconds int);
INSERT INTO albums VALUES (1, 'One'), (2, 'Two');
INSERT INTO songs VALUES (1, 'a', 100), (1, 'b', NULL);
