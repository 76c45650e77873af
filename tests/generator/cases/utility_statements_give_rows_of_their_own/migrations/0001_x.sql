CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
CREATE PROCEDURE both_ways(IN a int, INOUT b int, OUT c text) LANGUAGE sql AS $$ SELECT a + b, NULLIF('x', 'x') $$;
CREATE PROCEDURE gives_nothing(a int) LANGUAGE sql AS $$ DELETE FROM users WHERE id = a $$;
INSERT INTO users VALUES (1, 'a');
