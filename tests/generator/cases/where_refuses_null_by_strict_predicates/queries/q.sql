-- name: is_not_null
SELECT age, email FROM people WHERE age IS NOT NULL AND NOT (email IS NULL);

-- name: comparison_arithmetic_and_functions
SELECT age, email FROM people WHERE abs(age) + 1 > 5 AND lower(email) LIKE 'a%';

-- name: between_proves_all_three_and_its_negation_only_the_first
SELECT a.age, b.age AS low FROM people a, people b WHERE a.age NOT BETWEEN b.age AND 3;

-- name: symmetric_between
SELECT a.age, b.age AS low FROM people a, people b WHERE a.age BETWEEN SYMMETRIC b.age AND 90;

-- name: boolean_tests
SELECT age, email FROM people WHERE (age > 3) IS TRUE AND (email = '') IS NOT TRUE;

-- name: is_distinct_from_proves_nothing
SELECT age FROM people WHERE age IS DISTINCT FROM 3;

-- name: coalesce_proves_nothing
SELECT age FROM people WHERE coalesce(age, 0) = 0;

-- name: negations_of_null_tests
SELECT age, email FROM people WHERE NOT (age IS NULL OR email IS NULL);
