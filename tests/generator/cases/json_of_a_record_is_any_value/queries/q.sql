-- name: rows
SELECT row_to_json((SELECT r FROM (SELECT id, name) r)) AS made,
       json_agg(row_to_json((SELECT r FROM (SELECT name) r))) AS listed,
       to_jsonb(ROW(id, name)) AS bare,
       to_jsonb(price) AS price
FROM offers GROUP BY id;
