CREATE TABLE lots (id int PRIMARY KEY, place text);
CREATE TABLE bids (lot_id int, amount int);
CREATE TABLE logs (at date NOT NULL) PARTITION BY RANGE (at);
CREATE VIEW cheap AS SELECT id, xmin FROM lots;
INSERT INTO lots VALUES (1, NULL), (2, 'hall');
INSERT INTO bids VALUES (2, 5);
