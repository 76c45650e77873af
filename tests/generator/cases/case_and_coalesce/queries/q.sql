-- name: cases
SELECT CASE WHEN y > 1 THEN y END AS without_else, CASE WHEN y > 1 THEN y ELSE x END AS nullable_branch,
    CASE y WHEN 1 THEN 'one' ELSE 'more' END AS proven FROM t;

-- name: coalesces
SELECT coalesce(x, NULL) AS none, coalesce(x, y) AS last, coalesce(y, x) AS first, nullif(y, 1) AS without FROM t;

-- name: extremes_skip_nulls
SELECT greatest(x, y) AS one_proven, least(x, NULL) AS none, greatest(x, 0) AS literal FROM t;

-- name: branches_know_their_condition
SELECT CASE WHEN x IS NOT NULL THEN x ELSE 0 END AS tested, CASE WHEN x > 3 AND y = 1 THEN x ELSE y END AS compared,
    CASE WHEN x IS NULL THEN 0 ELSE x END AS otherwise, CASE WHEN x IS NULL THEN 0 WHEN y > 1 THEN x ELSE x + 1 END AS later,
    CASE WHEN y > 1 OR x > 3 THEN x ELSE 0 END AS undecided, CASE WHEN x > 3 THEN 0 ELSE x END AS the_other_branch FROM t;
