-- name: several_statements
SELECT several() AS n;

-- name: of_the_standard
SELECT n FROM atomic(1) AS x (n);

-- name: all_overloads
SELECT overloaded(1) AS n;

-- name: of_another_schema
SELECT other.elsewhere() AS n;

-- name: stable_ones_write_nothing
SELECT reads_only() AS n;

-- name: dynamic_sql_may_do_anything
SELECT dynamic('a') AS n;

-- name: a_stable_one_may_read_anything
SELECT dynamic_reader('a') AS n;

-- name: called
CALL work(1);

-- name: done
DO $$ BEGIN INSERT INTO a SELECT id FROM b; END $$;

-- name: done_dynamically
DO $$ BEGIN EXECUTE 'DELETE FROM a'; END $$;

-- name: run_by_a_function_of_the_server
SELECT query_to_xml('SELECT 1 FROM a', false, false, '')::text AS x;

-- name: calls_itself
SELECT round_and_round(1) AS n;
