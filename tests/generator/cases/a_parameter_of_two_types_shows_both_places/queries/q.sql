-- name: stored_as_two_types
INSERT INTO t (id, s) VALUES (:x, :x);

-- name: compared_as_two_types
SELECT id FROM t WHERE id = :x AND s = :x;

-- name: a_cast_that_assignments_make_is_no_conflict
UPDATE t SET s = :x WHERE id = :x;

-- name: cast_and_compared
SELECT :x::int + 1 AS a FROM t WHERE s = :x;

-- name: matched_with_a_pattern
SELECT id FROM t WHERE id = :x OR s LIKE :x;

-- name: of_no_type_and_of_one
SELECT :x AS a, :x::int AS b FROM t;

-- name: only_looked_at
SELECT id FROM t WHERE :x IS NULL;

-- name: no_cast_leads_there
SELECT id FROM t WHERE id = :x AND created_at > :x;

-- name: stored_and_compared
INSERT INTO t (id, s) SELECT id, :x FROM t WHERE id = :x;

-- name: passed_to_two_functions
SELECT lower(:x), abs(:x) FROM t;

-- name: passed_to_what_takes_anything
SELECT concat(:x, :y) AS a;

-- name: looked_at_before_it_is_compared
SELECT id FROM t WHERE :x IS NULL OR id = :x;

-- name: a_list_and_a_value
SELECT id FROM t WHERE id = ANY(:x) OR id = :x;

-- name: not_about_a_parameter
UPDATE t SET id = 'x'::text;

-- name: in_branches
SELECT CASE WHEN :flag THEN :x ELSE :x + 1 END AS a WHERE :x = 'a'::text;

-- name: cast_by_the_author
SELECT id FROM t LIMIT :x::text;

-- name: an_interval_is_taken_for_a_time
SELECT id FROM t WHERE created_at > now() - :x;

-- name: an_interval_and_a_number
SELECT id FROM t WHERE created_at > now() - :x AND id = :x;

-- name: an_array_of_what
SELECT id FROM t WHERE array_length(:x, 1) > 1;

-- name: by_number
SELECT id FROM t WHERE id = $1
    AND s = $1;

-- name: on_the_left
SELECT id FROM t WHERE id = :x AND (:x) = s;

-- name: two_operands_of_no_type
SELECT :a + :b AS sum;

-- name: cast_twice
SELECT :x::integer AS a, :x::date AS b;
