-- name: by_primary_key
SELECT email FROM users WHERE id = :id;

-- name: by_a_constant
SELECT email FROM users WHERE 1 = id;

-- name: by_part_of_a_composite_key
SELECT id FROM users WHERE org_id = 1;

-- name: by_the_whole_composite_key
SELECT id FROM users WHERE org_id = 1 AND handle = 'x';

-- name: by_a_partial_index_whose_predicate_is_implied
SELECT id FROM users WHERE email = 'a' AND deleted_at IS NULL AND status = 'active';

-- name: by_a_partial_index_whose_predicate_is_not
SELECT id FROM users WHERE email = 'a' AND deleted_at IS NULL;

-- name: letters_matter_in_a_predicate
SELECT id FROM users WHERE email = 'a' AND deleted_at IS NULL AND status = 'Active';

-- name: an_or_finds_two
SELECT email FROM users WHERE id = 1 OR id = 2;

-- name: a_list_finds_several
SELECT email FROM users WHERE id IN (1, 2);

-- name: by_a_column_of_the_same_row
SELECT email FROM users WHERE id = org_id;

-- name: by_an_uncorrelated_subquery
SELECT email FROM users WHERE id = (SELECT max(user_id) FROM sessions);

-- name: by_a_rounded_number
SELECT email FROM users WHERE id = :id::double precision;
