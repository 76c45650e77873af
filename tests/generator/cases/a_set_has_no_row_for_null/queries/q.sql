-- name: series
SELECT g, e, x, z, q
FROM t, generate_series(1, t.id) AS g, generate_series(1, NULL::integer) AS e, generate_subscripts(t.a, 1) AS x,
    generate_series(now(), now(), '1 day') AS z, generate_series(:low::numeric, 3) AS q;

-- name: texts
SELECT m, m[1] AS first, s, w, y, z, n
FROM regexp_matches('ab', '(a)|(b)', 'g') AS m, regexp_split_to_table('a b', ' ') AS s,
    string_to_table('a,b', ',') AS w, string_to_table('a,b', ',', 'a') AS y, (VALUES (1)) AS n (n) LEFT JOIN string_to_table(NULL, ',') AS z ON true;
