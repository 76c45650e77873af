-- name: clock
SELECT id FROM t WHERE at < now();

-- name: clock_of_the_standard
SELECT id FROM t WHERE at < CURRENT_TIMESTAMP;

-- name: clock_in_a_literal
SELECT id FROM t WHERE at < 'today';

-- name: age_of_one
SELECT age(at) AS a FROM t;

-- name: age_between_two
SELECT age(at, at) AS a FROM t;

-- name: clock_in_a_view
SELECT id FROM recent;

-- name: clock_in_a_function
SELECT id FROM t WHERE is_recent(at);

-- name: volatile_view
SELECT n FROM drawn;

-- name: volatile_as_declared
SELECT undeclared() AS n;

-- name: immutable
SELECT constant() AS n;

-- name: session
SELECT id FROM t WHERE owner = current_user;

-- name: a_column_of_that_name
SELECT t."user" FROM t;

-- name: setting
SELECT current_setting('app.x', true) AS x;

-- name: locked
SELECT id FROM t FOR UPDATE SKIP LOCKED;

-- name: sampled
SELECT id FROM t TABLESAMPLE BERNOULLI (10);

-- name: row_security
SELECT id FROM secrets;

-- name: limited
SELECT id FROM t LIMIT 10;

-- name: catalog_in_a_view
SELECT relname FROM relations;

-- name: information_schema_in_a_view
SELECT name FROM listed;

-- name: a_table_of_that_name
SELECT id FROM over_tables;

-- name: catalog_in_a_function
SELECT counted() AS n;

-- name: volatile_cast
SELECT (1::pair).a AS a;

-- name: next_of_a_sequence
SELECT nextval('numbers') AS n;

-- name: clock_in_a_literal_with_a_time
SELECT id FROM t WHERE at < $$tomorrow 08:30 Europe/Berlin$$;

-- name: a_text_about_now
SELECT id FROM t WHERE owner = 'now or never';

-- name: statistics
SELECT pg_stat_get_live_tuples('t'::regclass) AS n;
