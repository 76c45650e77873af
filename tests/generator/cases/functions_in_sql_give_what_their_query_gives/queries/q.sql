-- name: table_function
SELECT id, x, low, given FROM rows_above(:low);

-- name: no_row_is_a_row_of_nulls
SELECT id, y FROM one_above(9);

-- name: an_aggregate_has_a_row
SELECT n, most FROM totals();

-- name: unless_it_is_strict
SELECT n, m FROM strict_totals(NULL);

-- name: a_row_value_is_not_its_field
SELECT x FROM narrow_rows();

-- name: setof_a_table
SELECT id, x, y FROM all_of_t();

-- name: values
SELECT atomic(x) AS counted, returned(x) AS filled, strictly(x) AS by_nullable, strictly(y) AS by_proven, no_row() AS none FROM t;

-- name: a_default_may_be_null
SELECT by_default() AS left_out, by_default(1) AS given FROM t;

-- name: void_is_null
SELECT nothing() AS k, id FROM t;

-- name: overloads_may_be_meant
SELECT lower(5) AS own FROM t;

-- name: a_search_path_of_its_own
SELECT y FROM other_path();

-- name: outer_joined
SELECT t.id, r.id AS other FROM t LEFT JOIN rows_above(9) r ON true;
