-- name: inserted
INSERT INTO users (id) VALUES (:id);

-- name: another_column
UPDATE users SET name = 'a' WHERE id = :id;

-- name: its_column
UPDATE users SET email = 'a' WHERE id = :id;

-- name: deleted
DELETE FROM users WHERE id = :id;

-- name: upserted
INSERT INTO users (id) VALUES (:id) ON CONFLICT (id) DO UPDATE SET email = 'b';

-- name: merged
MERGE INTO users u USING deep d ON u.id = d.id WHEN MATCHED THEN DELETE;

-- name: emptied
TRUNCATE users;

-- name: read
SELECT id FROM users;

-- name: stamped_by_an_extension
UPDATE stamped SET id = 1;

-- name: deleted_by_an_extension
DELETE FROM stamped;

-- name: what_a_partition_takes_over_calls_the_same
INSERT INTO leaf VALUES (1);
