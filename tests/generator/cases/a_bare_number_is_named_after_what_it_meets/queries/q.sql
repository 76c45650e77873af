-- name: compared
SELECT id FROM t WHERE x = $1 AND lower(name) = lower($2) AND name LIKE '%' || $3 || '%' AND name ~ $4;

-- name: between
SELECT id FROM t WHERE created_at BETWEEN $1 AND $2;

-- name: between_columns
SELECT id FROM t WHERE $1 BETWEEN created_at AND created_at + ttl;

-- name: twice_the_same
SELECT id FROM t WHERE created_at >= $1 AND created_at < $2 AND x IN ($3, $4);

-- name: one_number_twice
SELECT id FROM t WHERE x = $1 OR id = $1;

-- name: rows
SELECT id FROM t WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3 OFFSET $4;

-- name: quantified
SELECT id FROM t WHERE id = ANY ($1) AND name <> ALL ($2) AND tags && $3;

-- name: intervals
SELECT id FROM t WHERE created_at > now() - $1::interval AND created_at < now() + $2 * INTERVAL '1 day' AND created_at + $3 < now();

-- name: arithmetic
UPDATE t SET x = x + $1, ttl = coalesce($2, ttl), name = CASE WHEN $3 THEN $4 ELSE name END WHERE id = $5;

-- name: documents
SELECT data->>$1 AS a, data #>> $2 AS b FROM t WHERE data ? $3 AND data @> $4 AND data->>'kind' = $5;

-- name: arguments
SELECT transfer($1, $2, $3) AS a, transfer(to_id => $4, from_id => 1) AS b, unnamed($5, $6) AS c;

-- name: arguments_of_overloads
SELECT twice($1, $2) AS a;

-- name: arguments_of_the_servers_own
SELECT pg_notify($1, $2), set_config($3, $4, true) AS s, pg_try_advisory_xact_lock($5) AS l;

-- name: text_search
SELECT id FROM t WHERE to_tsvector('english', name) @@ websearch_to_tsquery('english', $1);

-- name: selected
SELECT $1::integer AS total, $2::text;

-- name: lists
INSERT INTO t (id, name) SELECT u.key, u.label FROM unnest($1::integer[], $2::text[]) AS u (key, label);

-- name: a_list_of_each_column
INSERT INTO t (id, name) SELECT unnest($1::integer[]), unnest($2::text[]);

-- name: a_name_that_python_has
SELECT id FROM t WHERE $1::boolean AND id = $2 LIMIT $3;

-- name: nothing_to_go_by
SELECT id FROM t WHERE CASE WHEN $1 THEN x > 1 ELSE lower($2) = 'a' END;
