-- name: the_row_is_there
SELECT p.name, o.name AS org, o.note FROM person p LEFT JOIN org o ON o.id = p.org_id;

-- name: whichever_side_it_stands_on
SELECT p.name, o.name AS org FROM org o RIGHT JOIN person p ON (p.org_id = o.id);

-- name: chained
SELECT b.code, p.name, o.name AS org FROM badge b LEFT JOIN person p ON p.id = b.person_id LEFT JOIN org o ON o.id = p.org_id;

-- name: they_are_there_together_or_neither
SELECT o.id, p.id AS person, b.code FROM org o LEFT JOIN person p ON p.org_id = o.id LEFT JOIN badge b ON b.person_id = p.id LEFT JOIN person again ON again.id = b.person_id WHERE again.id > 0;

-- name: the_pair_may_be_absent
SELECT p.name, o.name AS org FROM org x LEFT JOIN person p ON p.org_id = x.id AND p.id > 1 LEFT JOIN org o ON o.id = p.org_id;

-- name: a_nullable_reference
SELECT p.name, boss.name AS boss FROM person p LEFT JOIN person boss ON boss.id = p.boss_id;

-- name: a_reference_that_a_condition_proves
SELECT p.name, boss.name AS boss FROM person p LEFT JOIN person boss ON boss.id = p.boss_id WHERE p.boss_id > 0;

-- name: a_reference_that_a_branch_proves
SELECT CASE WHEN p.boss_id IS NULL THEN 'none' ELSE boss.name END AS boss FROM person p LEFT JOIN person boss ON boss.id = p.boss_id;

-- name: several_columns
SELECT d.id, r.label FROM desk d LEFT JOIN room r ON r.org_id = d.org_id AND d.number = r.number;

-- name: some_of_several_columns
SELECT d.id, r.label FROM desk d LEFT JOIN room r ON r.org_id = d.org_id;

-- name: by_name
SELECT d.id, r.label FROM desk d LEFT JOIN room r USING (org_id, number);

-- name: crosswise_is_another_condition
SELECT d.id, r.label FROM desk d LEFT JOIN room r ON r.org_id = d.number AND d.org_id = r.number;

-- name: a_partitioned_table_has_it_in_some_partition
SELECT g.event_id, e.what, old.what AS old FROM guest g
LEFT JOIN event e ON e.id = g.event_id AND e.at = g.event_at
LEFT JOIN event_old old ON old.id = g.event_id AND old.at = g.event_at;

-- name: the_whole_of_a_table_by_another_name
SELECT b.code, e.called, s.called AS also FROM badge b LEFT JOIN everybody e ON e.id = b.person_id
LEFT JOIN (SELECT id AS number, name AS called FROM person) s ON s.number = b.person_id;

-- name: not_the_whole_of_it
SELECT b.code, n.called, s.called AS also, l.called AS one FROM badge b LEFT JOIN nobody n ON n.id = b.person_id
LEFT JOIN (SELECT DISTINCT id, name AS called FROM person) s ON s.id = b.person_id
LEFT JOIN (SELECT id, name AS called FROM person LIMIT 1) l ON l.id = b.person_id;

-- name: a_reference_read_through_a_query
WITH few AS (SELECT org_id, count(*) AS n FROM everybody GROUP BY org_id)
SELECT s.n, o.name FROM few s LEFT JOIN org o ON o.id = s.org_id;

-- name: a_reference_of_a_computed_value
WITH few AS (SELECT org_id + 1 AS org_id FROM person) SELECT o.name FROM few s LEFT JOIN org o ON o.id = s.org_id;

-- name: columns_of_a_key_from_several_rows
WITH few AS (SELECT a.org_id, b.number FROM desk a, desk b)
SELECT r.label FROM few s LEFT JOIN room r ON r.org_id = s.org_id AND r.number = s.number;

-- name: a_scalar_subquery_finds_it_too
SELECT p.id, (SELECT o.name FROM org o WHERE o.id = p.org_id) AS org, (SELECT name FROM org WHERE id = org_id LIMIT 1) AS again,
    (SELECT name FROM org WHERE id = p.org_id LIMIT 0) AS none, (SELECT name FROM org WHERE id = p.org_id OFFSET 1) AS second,
    (SELECT o.name FROM org o WHERE o.id = p.boss_id) AS no_key
FROM person p;

-- name: a_subquery_of_a_row_that_may_be_absent
SELECT x.id, (SELECT o.name FROM org o WHERE o.id = p.org_id) AS org FROM org x LEFT JOIN person p ON p.org_id = x.id;
