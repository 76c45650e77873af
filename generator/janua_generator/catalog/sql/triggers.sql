-- Triggers that people made. $1: the schemas. pg_trigger.tgtype is a bit mask (trigger.h).
SELECT n.nspname || '.' || c.relname AS relation,
       t.tgname AS name,
       CASE WHEN t.tgtype & 2 <> 0 THEN 'before' WHEN t.tgtype & 64 <> 0 THEN 'instead of' ELSE 'after' END
           AS timing,
       t.tgtype & 1 <> 0 AS per_row,
       array_remove(ARRAY[
           CASE WHEN t.tgtype & 4 <> 0 THEN 'insert' END,
           CASE WHEN t.tgtype & 16 <> 0 THEN 'update' END,
           CASE WHEN t.tgtype & 8 <> 0 THEN 'delete' END,
           CASE WHEN t.tgtype & 32 <> 0 THEN 'truncate' END
       ], NULL) AS events,
       pn.nspname || '.' || p.proname AS function,
       pg_get_triggerdef(t.oid) AS definition,
       t.tgparentid <> 0 AS inherited
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace pn ON pn.oid = p.pronamespace
WHERE n.nspname = ANY($1) AND NOT t.tgisinternal
ORDER BY 1, 2
