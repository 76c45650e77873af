-- Constraints and unique indexes that refuse rows, each with all its copies: on partitions, on tables that inherit a
-- CHECK, in domains over its domain. $1: the schemas.
WITH RECURSIVE
-- of an index, the one on the partitioned table at the top
index_root AS (
    SELECT i.indexrelid AS oid, i.indexrelid AS root, 0 AS depth
    FROM pg_index i
    WHERE i.indisunique OR i.indisexclusion
    UNION ALL
    SELECT r.oid, h.inhparent, r.depth + 1
    FROM index_root r
    JOIN pg_inherits h ON h.inhrelid = r.root
),
-- of a foreign key, the one that was declared
key_root AS (
    SELECT k.oid, k.oid AS root, k.conparentid AS above, 0 AS depth
    FROM pg_constraint k
    WHERE k.contype = 'f'
    UNION ALL
    SELECT r.oid, p.oid, p.conparentid, r.depth + 1
    FROM key_root r
    JOIN pg_constraint p ON p.oid = r.above
),
-- of a CHECK, the one of its name in the table that it is inherited from; of several, the first parent's
check_root AS (
    SELECT k.oid, k.oid AS root, 0 AS depth
    FROM pg_constraint k
    WHERE k.contype = 'c' AND k.conrelid <> 0
    UNION ALL
    SELECT r.oid, p.oid, r.depth + 1
    FROM check_root r
    JOIN pg_constraint k ON k.oid = r.root AND k.coninhcount > 0
    JOIN LATERAL (
        SELECT a.oid
        FROM pg_inherits h
        JOIN pg_constraint a ON a.conrelid = h.inhparent AND a.conname = k.conname AND a.contype = 'c'
        WHERE h.inhrelid = k.conrelid AND NOT a.connoinherit
        ORDER BY h.inhseqno
        LIMIT 1
    ) p ON true
),
-- the domains that a domain is made of, itself included: the server names the outermost
domain_base AS (
    SELECT t.oid AS outermost, t.oid AS base
    FROM pg_type t
    WHERE t.typtype = 'd'
    UNION ALL
    SELECT d.outermost, t.typbasetype
    FROM domain_base d
    JOIN pg_type t ON t.oid = d.base
    JOIN pg_type b ON b.oid = t.typbasetype AND b.typtype = 'd'
),
-- everything by how the server names it in an error, and by what it is a copy of
known AS (
    SELECT 'index' AS catalog, r.root, cn.nspname AS schema, c.relname AS owner, x.relname AS name
    FROM (SELECT DISTINCT ON (oid) oid, root FROM index_root ORDER BY oid, depth DESC) r
    JOIN pg_index i ON i.indexrelid = r.oid
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace cn ON cn.oid = c.relnamespace
    UNION ALL
    SELECT 'constraint', r.root, cn.nspname, c.relname, k.conname
    FROM (
        (SELECT DISTINCT ON (oid) oid, root FROM key_root ORDER BY oid, depth DESC)
        UNION ALL
        (SELECT DISTINCT ON (oid) oid, root FROM check_root ORDER BY oid, depth DESC)
    ) r
    JOIN pg_constraint k ON k.oid = r.oid
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace cn ON cn.oid = c.relnamespace
    UNION ALL
    SELECT 'constraint', k.oid, tn.nspname, t.typname, k.conname
    FROM domain_base d
    JOIN pg_constraint k ON k.contypid = d.base AND k.contype = 'c'
    JOIN pg_type t ON t.oid = d.outermost
    JOIN pg_namespace tn ON tn.oid = t.typnamespace
),
copies AS (
    SELECT catalog, root, jsonb_agg(
        jsonb_build_array(schema, owner, name) ORDER BY schema COLLATE "C", owner COLLATE "C", name COLLATE "C"
    ) AS keys
    FROM known
    GROUP BY 1, 2
),
declared AS (
    SELECT 'index' AS catalog, i.indexrelid AS root, cn.nspname AS schema, c.relname AS owner, x.relname AS name,
           false AS of_domain,
           CASE WHEN i.indisexclusion THEN 'exclusion' ELSE 'unique' END AS refuses,
           CASE WHEN i.indisprimary THEN 'primary key' WHEN k.contype = 'x' THEN 'exclusion constraint'
                WHEN k.oid IS NOT NULL THEN 'unique constraint' ELSE 'unique index' END AS kind,
           coalesce((
               SELECT jsonb_agg(
                   CASE WHEN a.attnum IS NULL
                        THEN jsonb_build_array('', pg_get_indexdef(i.indexrelid, p.position::integer, true))
                        ELSE jsonb_build_array(a.attname, '') END
                   ORDER BY p.position
               )
               FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS p (attnum, position)
               LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.attnum AND p.attnum > 0
               WHERE p.position <= i.indnkeyatts
           ), '[]') AS parts,
           coalesce(pg_get_constraintdef(k.oid), pg_get_indexdef(i.indexrelid)) AS definition,
           coalesce(obj_description(k.oid, 'pg_constraint'), obj_description(x.oid, 'pg_class'), '') AS comment,
           c.oid AS relation
    FROM pg_index i
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace cn ON cn.oid = c.relnamespace
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
    UNION ALL
    SELECT 'constraint', k.oid, n.nspname, coalesce(c.relname, t.typname), k.conname,
           c.oid IS NULL,
           CASE WHEN k.contype = 'c' THEN 'check' WHEN 'r' IN (k.confdeltype, k.confupdtype) THEN 'restricted foreign key'
                ELSE 'foreign key' END,
           CASE WHEN k.contype = 'c' THEN 'check constraint' ELSE 'foreign key' END,
           coalesce((
               SELECT jsonb_agg(jsonb_build_array(a.attname, '') ORDER BY p.position)
               FROM unnest(k.conkey) WITH ORDINALITY AS p (attnum, position)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.attnum
           ), '[]'),
           pg_get_constraintdef(k.oid),
           coalesce(obj_description(k.oid, 'pg_constraint'), ''),
           coalesce(c.oid, t.oid)
    FROM pg_constraint k
    LEFT JOIN pg_class c ON c.oid = k.conrelid
    LEFT JOIN pg_type t ON t.oid = k.contypid
    JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace)
    WHERE k.contype IN ('f', 'c') AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
)
SELECT d.schema, d.owner, d.name, d.of_domain, d.refuses, d.kind, d.parts, d.definition, d.comment, c.keys
FROM declared d
JOIN copies c ON c.catalog = d.catalog AND c.root = d.root
WHERE d.schema = ANY($1)
  AND NOT EXISTS (
      SELECT FROM pg_depend e
      WHERE e.classid IN ('pg_class'::regclass, 'pg_type'::regclass) AND e.objid = d.relation AND e.deptype = 'e'
  )
ORDER BY d.schema COLLATE "C", d.owner COLLATE "C", d.name COLLATE "C"
