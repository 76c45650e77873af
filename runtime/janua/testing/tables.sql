-- The tables of some schemas ($1), those of the first schema first; partitions are emptied with their parents.
SELECT c.relname::text AS name,
       n.nspname || '.' || c.relname AS qualified,
       quote_ident(n.nspname::text) || '.' || quote_ident(c.relname::text) AS quoted
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname::text = ANY($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
ORDER BY array_position($1, n.nspname::text), c.relname
