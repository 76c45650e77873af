-- name: letters_that_a_collation_takes_for_the_same
SELECT id FROM blind WHERE name = 'a';

-- name: and_an_index_as_well
SELECT id FROM sighted WHERE name = 'a';
