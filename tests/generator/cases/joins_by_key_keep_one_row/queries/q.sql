-- name: session_with_its_user
SELECT s.token, u.email FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token = :token;

-- name: user_with_its_sessions
SELECT s.token, u.email FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.id = :id;

-- name: left_join_by_key
SELECT s.token, u.email FROM sessions s LEFT JOIN users u ON u.id = s.user_id WHERE s.token = :token;

-- name: right_join_by_key
SELECT s.token, u.email FROM sessions s RIGHT JOIN users u ON u.id = s.user_id WHERE u.id = :id;

-- name: cross_join_of_two_rows
SELECT a.email, b.email AS other FROM users a, users b WHERE a.id = 1 AND b.id = 2;

-- name: with_one_row_beside_it
SELECT u.email, n.n FROM users u CROSS JOIN (SELECT count(*) AS n FROM sessions) n WHERE u.id = :id;

-- name: grouped_by_what_may_be_absent
SELECT u.id, count(*) AS n FROM sessions s LEFT JOIN users u ON u.id = 1 AND s.user_id > 1 GROUP BY u.id;

-- name: grouped_by_one_value
SELECT u.id, count(*) AS n FROM users u JOIN sessions s ON s.user_id = u.id WHERE u.id = :id GROUP BY u.id;

-- name: update_by_key
UPDATE users SET handle = 'q' WHERE id = :id RETURNING id;

-- name: update_by_lateral
UPDATE users SET status = 'q' FROM sessions s, LATERAL (SELECT s.user_id AS k LIMIT 1) l WHERE users.id = l.k RETURNING users.id;

-- name: delete_by_key
DELETE FROM users WHERE id = :id RETURNING email;
