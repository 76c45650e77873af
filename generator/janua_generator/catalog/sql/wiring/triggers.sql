-- Triggers that people made and did not disable, a partition's copies of its parent's included.
-- pg_trigger.tgtype is a bit mask (trigger.h). What WHEN calls is recorded of the trigger that was copied alone.
WITH RECURSIVE copied(oid, origin) AS (
    SELECT oid, oid FROM pg_trigger
    UNION ALL
    SELECT c.oid, t.tgparentid FROM copied c JOIN pg_trigger t ON t.oid = c.origin WHERE t.tgparentid <> 0
)
SELECT t.tgrelid::int8 AS relation,
       t.tgtype & 1 <> 0 AS per_row,
       t.tgtype & 66 = 2 AND t.tgtype & 1 <> 0 AS before_row,
       t.tgtype & 64 <> 0 AS instead,
       array_remove(ARRAY[
           CASE WHEN t.tgtype & 4 <> 0 THEN 'insert' END,
           CASE WHEN t.tgtype & 16 <> 0 THEN 'update' END,
           CASE WHEN t.tgtype & 8 <> 0 THEN 'delete' END,
           CASE WHEN t.tgtype & 32 <> 0 THEN 'truncate' END
       ], NULL) AS events,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = t.tgrelid AND a.attnum = ANY(t.tgattr::int2[])) AS columns,
       coalesce(substring(pg_get_triggerdef(t.oid) FROM ' WHEN \((.*)\) EXECUTE '), '') AS text,
       t.tgfoid::int8 || ARRAY(
           SELECT coalesce(o.oprcode, d.refobjid)::int8
           FROM pg_depend d
           LEFT JOIN pg_operator o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
           WHERE d.classid = 'pg_trigger'::regclass
             AND d.objid IN (SELECT c.origin FROM copied c WHERE c.oid = t.oid)
             AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)
       ) AS functions
FROM pg_trigger t
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
ORDER BY 1, t.tgname
