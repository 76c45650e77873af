-- name: two_levels_and_a_trigger
DELETE FROM orgs WHERE id = :id;

-- name: one_level
DELETE FROM users WHERE id = :id;

-- name: a_column_that_nothing_references
UPDATE orgs SET name = 'a';

-- name: a_column_that_is_referenced
UPDATE orgs SET slug = 'a' WHERE id = :id;

-- name: a_check_reads_nothing
INSERT INTO bills VALUES (:org_id);

-- name: to_itself
DELETE FROM tree WHERE id = :id;

-- name: a_trigger_may_change_the_key
UPDATE keyed SET n = 1;

-- name: all_that_references_is_emptied
TRUNCATE orgs CASCADE;
