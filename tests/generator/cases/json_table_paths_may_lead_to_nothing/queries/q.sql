-- name: json_table
SELECT jt.* FROM t, JSON_TABLE(t.j, '$[*]' COLUMNS (NESTED PATH '$.a[*]' COLUMNS (b text PATH '$', m FOR ORDINALITY), a integer PATH '$.a', n FOR ORDINALITY)) AS jt;

-- name: json_table_without_alias
SELECT * FROM JSON_TABLE('[1, null]', '$[*]' COLUMNS (a integer PATH '$', n FOR ORDINALITY));

-- name: default_on_empty
SELECT a, n FROM JSON_TABLE('[{"a": null}]', '$[*]' COLUMNS (a integer PATH '$.a' DEFAULT 1 ON EMPTY, n FOR ORDINALITY)) AS jt;

-- name: what_cannot_be_parsed
SELECT a, e FROM JSON_TABLE('[{"a": null}]', '$[*]' COLUMNS (a integer PATH '$.a', e boolean EXISTS PATH '$.e')) AS jt;
