-- name: values_of_all_kinds
INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: several_rows
INSERT INTO t (id, x, y) VALUES ($1, $2, 1), (2, $3, $4);

-- name: through_a_union
INSERT INTO t (id, x) SELECT $1::integer, $2::integer UNION ALL (SELECT 5, $3);

-- name: through_a_cte
WITH input AS (SELECT :id::integer AS a, :x::integer AS b, :unused::integer AS c)
INSERT INTO t (id, x, y) SELECT i.a, i.b, i.c FROM input i;

-- name: through_a_cte_with_names
WITH input (a, b) AS (VALUES ($1::integer, $2::integer)) INSERT INTO t (id, x) SELECT a, b FROM input;

-- name: through_two_ctes
WITH input AS (SELECT :x::integer AS a), again AS (SELECT a AS b FROM input) UPDATE t SET x = again.b FROM again WHERE id = 1;

-- name: through_a_star
INSERT INTO t (id, x) SELECT * FROM (VALUES ($1::integer, $2::integer)) AS v;

-- name: through_columns_without_a_name
INSERT INTO t (id, x) SELECT column1, column2 FROM (VALUES ($1::integer, $2::integer)) AS v;

-- name: by_update_from
UPDATE t SET x = v.x, y = v.y FROM (VALUES ($1::integer, $2::integer, $3::integer)) AS v (id, x, y) WHERE t.id = v.id;

-- name: by_update_of_a_row
UPDATE t SET (x, y, note) = ROW ($1, $2, $3) WHERE id = $4;

-- name: by_merge
MERGE INTO t USING (VALUES (:id::integer, :x::integer)) AS v (id, x) ON t.id = v.id
WHEN MATCHED AND t.y > :limit THEN UPDATE SET x = v.x, note = :note
WHEN NOT MATCHED THEN INSERT (id, x, y) VALUES (v.id, :other, :y);

-- name: by_merge_of_whole_rows
MERGE INTO t USING (SELECT 1 AS id) AS v ON t.id = v.id WHEN NOT MATCHED THEN INSERT VALUES (v.id, $1, $2);

-- name: by_upsert
INSERT INTO t (id, x) VALUES (:id, :x) ON CONFLICT (id) DO UPDATE SET (x, y) = (:x2, :y2), note = CASE WHEN :keep THEN t.note ELSE :note END;

-- name: by_branches
UPDATE t SET x = CASE id WHEN 1 THEN :one WHEN 2 THEN :two::integer ELSE :other END, y = CASE WHEN :flag THEN :y ELSE 0 END, note = nullif(:note, '');

-- name: a_strict_function_has_no_meaning_for_null
UPDATE t SET note = lower(:note), x = :x + 1;

-- name: tested
SELECT id FROM t WHERE (:x::integer IS NOT NULL AND x = :x) OR :y::integer IS DISTINCT FROM y OR note = coalesce(:z, note) OR x IS NOT DISTINCT FROM :w;

-- name: domains
UPDATE t SET s = :s, x = :t::sure WHERE s = :u;

-- name: by_a_lateral_row
UPDATE t SET x = w.x FROM (SELECT 1 AS id) AS v, LATERAL (VALUES (:x::integer)) AS w (x) WHERE t.id = v.id;

-- name: a_cte_that_reads_itself
WITH RECURSIVE r AS (SELECT :start::integer AS n UNION ALL SELECT n + 1 FROM r WHERE n < :stop) INSERT INTO t (id, x) SELECT n, n FROM r;

-- name: refused_by_another_column
INSERT INTO t (id, x) VALUES (:v, :v);

-- name: refused_but_looked_for
UPDATE t SET y = :y, x = :y WHERE :y::integer IS NOT NULL;

-- name: refused_but_for_a_branch
UPDATE t SET y = CASE WHEN :y::integer IS NULL THEN 0 ELSE :y END;
