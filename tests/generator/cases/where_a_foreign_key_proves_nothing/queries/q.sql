-- name: row_level_security_hides_it
SELECT h.name FROM ONLY person p LEFT JOIN hidden h ON h.id = p.hidden_id;

-- name: deferrable
SELECT o.name FROM ONLY person p LEFT JOIN org o ON o.id = p.later_id;

-- name: not_valid
SELECT o.name FROM ONLY person p LEFT JOIN org o ON o.id = p.unchecked_id;

-- name: compared_otherwise
SELECT o.name FROM ONLY person p LEFT JOIN org o ON o.code = p.code;

-- name: an_inheritance_child_has_no_key
SELECT o.name FROM person p LEFT JOIN org o ON o.id = p.org_id;

-- name: without_the_children
SELECT o.name FROM ONLY person p LEFT JOIN org o ON o.id = p.org_id;

-- name: switched_off
SELECT o.name FROM off LEFT JOIN org o ON o.id = off.org_id;

-- name: a_further_condition
SELECT o.name FROM pet p LEFT JOIN org o ON o.id = p.org_id AND p.name <> '';

-- name: another_operator
SELECT o.name FROM pet p LEFT JOIN org o ON o.id >= p.org_id;

-- name: filtered_and_sampled
SELECT o.name, s.name AS sampled FROM pet p LEFT JOIN (SELECT * FROM org WHERE id > 1) o ON o.id = p.org_id
LEFT JOIN org s TABLESAMPLE SYSTEM (50) ON s.id = p.org_id;

-- name: joined_before
SELECT o.name FROM pet p LEFT JOIN (org o JOIN hidden h ON h.id = o.id) ON o.id = p.org_id;

-- name: full_join
SELECT p.name, o.name AS org FROM pet p FULL JOIN org o ON o.id = p.org_id;

-- name: locking
SELECT o.name FROM pet p LEFT JOIN org o ON o.id = p.org_id FOR UPDATE OF p;

-- name: locking_in_a_view
SELECT name, org FROM locked;

-- name: writing
UPDATE pet SET name = 'x' FROM pet p LEFT JOIN org o ON o.id = p.org_id WHERE p.org_id = pet.org_id RETURNING o.name, (SELECT org.name FROM org WHERE org.id = pet.org_id) AS org;

-- name: of_another_moment
SELECT o.name FROM pet_copy p LEFT JOIN org o ON o.id = p.org_id;

-- name: in_a_function_that_may_run_within_a_statement
SELECT org FROM pet_org();

-- name: whose_cascade_a_trigger_prevents
SELECT o.name FROM kept k LEFT JOIN org o ON o.id = k.org_id;
