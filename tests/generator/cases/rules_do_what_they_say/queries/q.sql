-- name: also
INSERT INTO t VALUES (1, 2);

-- name: under_a_condition
UPDATE t SET x = 3;

-- name: through_the_view_a_table_is_written_with_its_rules
INSERT INTO v VALUES (5);

-- name: instead
DELETE FROM v WHERE id = :id;
