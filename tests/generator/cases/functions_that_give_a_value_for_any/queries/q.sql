-- name: of_the_session
SELECT current_user AS a, session_user AS b, current_database() AS c, pg_backend_pid() AS d, txid_current() AS e, current_setting('TimeZone') AS f,
    set_config('a.b', 'x', true) AS g, nextval('counter') AS h, pg_try_advisory_xact_lock(1) AS i, pg_advisory_xact_lock(1) AS j, clock_timestamp() AS k;

-- name: of_the_session_and_perhaps_nothing
SELECT current_setting('a.c', true) AS a, inet_client_addr() AS b, current_schema() AS c;

-- name: of_texts
SELECT chr(65) AS a, to_hex(id) AS b, encode(sha256(s::bytea), 'hex') AS c, convert_from(b, 'UTF8') AS d, string_to_array(s, '/') AS e,
    format('%s', n) AS f, regexp_split_to_array(s, '/') AS g, hashtext(s) AS h, substr(s, 2) AS i, quote_literal(s) AS j, normalize(s) AS k,
    s || id AS l, n || s AS null_m, format(n, s) AS null_n FROM t;

-- name: of_case_insensitive_texts
SELECT lower(c) AS a, c || 'x' AS b, c = 'a' AS c, c LIKE 'A%' AS d, replace(c, 'a', 'b') AS e, split_part(s, '/', 3) AS f,
    split_part(c, '/', 3) AS null_g, split_part('a', c, 3) AS null_h FROM t;

-- name: of_times
SELECT to_timestamp(1.5) AS a, date_trunc('day', at) AS b, timezone('UTC', at) AS c, to_char(now(), 'YYYY') AS d, extract(dow FROM now()) AS e,
    to_char(id, '999') AS f, extract(epoch FROM at) AS g, extract(dow FROM at) AS null_h, to_char(at, 'YYYY') AS null_i, to_char(now(), '') AS null_j,
    at::date AS k, date(at) AS l FROM t;

-- name: of_json
SELECT j - 'a' AS a, j #- '{a}' AS b, j ? 'a' AS c, j ?| ARRAY['a'] AS d, jsonb_pretty(j) AS e, jsonb_strip_nulls(j) AS f, j || '{}' AS g,
    to_jsonb(t) AS h, row_to_json(t) AS i, to_json(t.*) AS j, json_build_object('n', n) AS k, jsonb_path_query_array(j, '$.x') AS l,
    coalesce(j ->> 'x', '0')::int AS m, jsonb_path_query_first(j, '$.x') AS null_n, j -> 'x' AS null_o, j @@ '$.x' AS null_p, j['x'] AS null_q FROM t;

-- name: of_arrays_and_ranges
SELECT a[1:2] AS a, array_remove(a, NULL) AS b, array_append(a, NULL) AS c, array_replace(a, 1, NULL) AS d, cardinality(a) AS e, r * r AS f,
    int4range(NULL, id) AS g, r && r AS h, isempty(r) AS i, a[1] AS null_j, upper(r) AS null_k, array_length(a, 1) AS null_l, array_remove(NULLIF(a, a), 1) AS null_m FROM t;

-- name: of_networks_searches_and_bits
SELECT host(ip) AS a, masklen(ip) AS b, network(ip) AS c, v @@ to_tsquery('simple', 'a') AS d, ts_rank(v, to_tsquery('simple', 'a')) AS e,
    to_tsvector('simple', s) || v AS f, id & 1 AS g, id << 2 AS h, ~id AS i FROM t;

-- name: text_of_anything
SELECT ip::text AS a, v::text AS b, c::text AS c, at::text AS d, t.*::text AS e FROM t;
