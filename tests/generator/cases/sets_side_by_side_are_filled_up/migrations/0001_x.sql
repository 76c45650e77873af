CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TYPE pair AS (a integer, b text);
CREATE TYPE single AS (sole integer);
CREATE DOMAIN numbers AS integer[];
CREATE TABLE t (id integer PRIMARY KEY, a integer[] NOT NULL, s text, j jsonb, v tsvector, m int4multirange, p pair[], o single[], d numbers, js jsonb[]);
INSERT INTO t VALUES
    (1, '{1,NULL}', 'a,b', '[null, 1, {"a": null}]', 'a:1 b', '{[1,2)}', '{"(1,)",NULL}', '{"(1)"}', '{NULL,1}', '{"null","1"}'),
    (2, '{}', '', '{"k": null, "l": [1]}', NULL, NULL, '{}', NULL, NULL, NULL),
    (3, '{{1,NULL},{2,3}}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE VIEW w AS SELECT id, a, p FROM t;
