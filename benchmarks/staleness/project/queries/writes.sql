-- name: set_balance :exec
UPDATE accounts SET balance = :balance WHERE id = 1;

-- name: set_slow :exec
UPDATE slow SET balance = :balance WHERE id = 1;

-- name: raise_all :exec
UPDATE accounts SET balance = balance + 1;

-- name: pay_one :exec
SELECT FROM pay(1, 5);

-- name: call_hidden :exec
SELECT FROM hidden(1);

-- name: set_rich :exec
UPDATE rich SET balance = 30 WHERE id = 2;

-- name: refresh :exec
REFRESH MATERIALIZED VIEW totals;

-- name: delete_owner :exec
DELETE FROM owners WHERE id = 2;

-- name: add_to_leaf :exec
INSERT INTO events_2026 (id, at) VALUES (7, '2026-03-01');

-- name: add_to_root :exec
INSERT INTO events (id, at) VALUES (8, '2026-04-01');

-- name: add_child :exec
INSERT INTO towns (id, name, mayor) VALUES (3, 'child', 'x');

-- name: set_parents :exec
UPDATE places SET name = 'parent';

-- name: add_by_rule :exec
INSERT INTO places (id, name) VALUES (101, 'rule');

-- name: merge :exec
MERGE INTO accounts USING (VALUES (1, 50), (9, 90)) AS given (id, balance) ON accounts.id = given.id
    WHEN MATCHED THEN UPDATE SET balance = given.balance
    WHEN NOT MATCHED THEN INSERT (id, owner_id, balance) VALUES (given.id, 1, given.balance);

-- name: delete_by_cte :exec
WITH gone AS (DELETE FROM movements RETURNING id) SELECT FROM gone;

-- name: copy_badges :copy
INSERT INTO badges (id, owner_id) VALUES (:id, :owner_id);

-- name: truncate :exec
TRUNCATE movements;

-- name: truncate_all :exec
TRUNCATE owners CASCADE;

-- name: set_odd :exec
UPDATE "Odd ""Name"" s" SET "größe" = 7;

-- name: set_escaped :exec
UPDATE U&"Odd \0022Name\0022 s" SET U&"gr\00F6\00DFe" = 8;

-- name: set_side :exec
UPDATE side.accounts SET balance = 9;
