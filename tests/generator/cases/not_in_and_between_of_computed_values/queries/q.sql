-- name: not_between
SELECT x, y FROM t WHERE NOT (3 BETWEEN x AND y);

-- name: between_as_a_value
SELECT x, y FROM t WHERE (3 BETWEEN x AND y) IS NOT TRUE;

-- name: not_of_an_and
SELECT x, y FROM t WHERE NOT (x = 1 AND y = 1);

-- name: not_of_an_or
SELECT x, y FROM t WHERE NOT (x = 9 OR y = 9);

-- name: a_value_compared_with_truth
SELECT x, y FROM t WHERE (x IS NULL) = true AND (x = 1 OR y = 5) = true;

-- name: strings_and_arrays
SELECT x FROM t WHERE ARRAY[x] || x = ARRAY[x] OR 'a' || x = 'a5';
