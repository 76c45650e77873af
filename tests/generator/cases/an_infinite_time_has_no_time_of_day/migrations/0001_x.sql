CREATE DOMAIN opening AS time;
CREATE TABLE t (id integer PRIMARY KEY, at timestamptz NOT NULL, here timestamp NOT NULL, clock time, zoned timetz, opens opening, n integer);
INSERT INTO t VALUES (1, 'infinity', '-infinity', '10:00', '10:00+00', '10:00', 1);
CREATE FUNCTION clock_of(timestamptz) RETURNS time LANGUAGE sql AS 'SELECT coalesce($1, ''infinity'')';
CREATE FUNCTION clocks() RETURNS TABLE (clock time, n integer) LANGUAGE sql AS 'SELECT t.at, t.id FROM t';
