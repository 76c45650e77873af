-- name: a_default
INSERT INTO with_default (x) VALUES (1);

-- name: a_check
UPDATE with_check SET id = 1;

-- name: a_domain
INSERT INTO with_domain VALUES (:home);

-- name: a_cast_to_a_domain
SELECT 'de'::country AS home;

-- name: an_index
INSERT INTO with_index VALUES (1);

-- name: reading_computes_nothing
SELECT home FROM with_domain;

-- name: sequences_are_no_tables
INSERT INTO with_identity (x) VALUES (1);

-- name: a_default_of_a_parameter
SELECT by_default() AS n;

-- name: an_operator
SELECT a <+> b AS n FROM with_index a, with_index b;

-- name: an_aggregate
SELECT add_all(id) AS n FROM with_index;

-- name: a_function_as_if_it_were_a_column
SELECT w.total AS n FROM with_index w;

-- name: of_a_row_in_parentheses
SELECT (w).total AS n FROM with_index w;

-- name: a_generated_column
UPDATE with_generated SET id = 1;

-- name: a_default_of_a_view
INSERT INTO of_indexed DEFAULT VALUES;

-- name: a_cast_of_a_row
SELECT CAST(w AS bigint) AS n FROM with_index w;
