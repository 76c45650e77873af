-- name: a_deferrable_key
SELECT x FROM d WHERE id = 1;

-- name: nulls_are_distinct_but_never_equal
SELECT x FROM n WHERE id = 1;

-- name: is_not_distinct_from_finds_several_nulls
SELECT x FROM n WHERE id IS NOT DISTINCT FROM NULL;

-- name: a_parent_and_its_child
SELECT id FROM parent WHERE id = 1;

-- name: of_two_local_times_one_moment
SELECT at FROM tz WHERE at = :moment::timestamptz;
