-- name: read_from_the_root
SELECT at FROM logs;

-- name: read_from_a_branch
SELECT at FROM logs_2024;

-- name: a_leaf_is_part_of_all_above
INSERT INTO logs_2024_one VALUES ('2024-05-05', 1);

-- name: into_the_root_fires_no_statement_trigger_of_a_partition
INSERT INTO logs VALUES ('2024-05-05', 1);

-- name: into_a_partition_does
INSERT INTO logs_2025 VALUES ('2025-05-05', 1);

-- name: a_row_that_moves_is_deleted
UPDATE logs SET at = '2024-06-06';

-- name: the_parent_alone
SELECT id FROM ONLY animals;

-- name: with_its_children
SELECT id FROM animals;

-- name: an_insert_goes_to_the_parent_alone
INSERT INTO animals VALUES (1);

-- name: an_update_does_not
UPDATE animals SET id = 2;

-- name: a_child_is_part_of_its_parent
DELETE FROM cats;

-- name: attached
UPDATE attached SET n = 1;

-- name: detached
UPDATE detached SET n = 1;

-- name: emptied_with_its_partitions
TRUNCATE logs;

-- name: emptied_alone
TRUNCATE ONLY animals;
