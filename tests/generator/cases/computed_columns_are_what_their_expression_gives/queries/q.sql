-- name: all
SELECT search, shown, doubled, checked, by_own FROM t;

-- name: inserted
INSERT INTO t (id, name, n, c) VALUES (3, 'C', 1, 1) RETURNING search, doubled, checked;

-- name: updated
UPDATE t SET n = NULL WHERE doubled > 1 RETURNING search, doubled;

-- name: partitions_may_differ
SELECT p.low, q.low AS of_one FROM parts p JOIN part q USING (id);
