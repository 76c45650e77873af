-- Whether nothing was ever made here: no relation, function or type but what extensions and PostgreSQL itself brought.
WITH own AS (
    SELECT oid FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
), objects AS (
    SELECT 'pg_class'::regclass AS class, oid FROM pg_class
    WHERE relnamespace IN (SELECT oid FROM own) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
    UNION ALL
    SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace IN (SELECT oid FROM own)
    UNION ALL
    SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace IN (SELECT oid FROM own) AND typtype IN ('d', 'e', 'r')
    UNION ALL
    SELECT 'pg_namespace'::regclass, own.oid FROM own JOIN pg_namespace n USING (oid) WHERE n.nspname <> 'public'
)
SELECT NOT EXISTS (
    SELECT
    FROM objects o
    WHERE NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e'
    )
)
