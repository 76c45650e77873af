-- name: xml_table
SELECT x.* FROM t, XMLTABLE('/r/i' PASSING t.x COLUMNS n FOR ORDINALITY, a integer PATH 'a', b text PATH 'b' NOT NULL, c text PATH 'c' DEFAULT 'd') AS x;

-- name: xml_table_no_alias
SELECT * FROM XMLTABLE('/r/i' PASSING '<r><i/></r>' COLUMNS n FOR ORDINALITY, a integer PATH 'a');
