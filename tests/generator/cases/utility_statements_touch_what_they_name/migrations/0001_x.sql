CREATE TABLE a (id integer);
CREATE TABLE b (id integer);
CREATE TABLE "Odd Name" (id integer);
CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n FROM a JOIN b USING (id);
CREATE SEQUENCE numbers;
CREATE TABLE "dat!a" (id integer);
CREATE VIEW big AS SELECT id FROM a WHERE id > 9;
