-- name: call_with_output
CALL both_ways($1, $2, NULL);

-- name: call_without
CALL gives_nothing(:a);

-- name: lines_of_a_plan
EXPLAIN (ANALYZE, COSTS false) SELECT * FROM users WHERE id = :id;

-- name: a_plan_in_one_piece
EXPLAIN (COSTS off, FORMAT json) SELECT * FROM users;

-- name: the_last_format_counts
EXPLAIN (FORMAT 'yaml', FORMAT text) SELECT 1;

-- name: a_column_called_format
EXPLAIN SELECT u.name AS format FROM users u WHERE (u.name, 'json') = (SELECT 'format', 'json');

-- name: a_setting
SHOW server_version;

-- name: all_settings
SHOW ALL;
