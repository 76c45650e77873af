-- Every object of the database's own, a line each, with what must not get lost: types of columns, NOT NULL, defaults,
-- whether constraints hold. Expressions are left out: PostgreSQL prints some otherwise after they were restored.
WITH own AS (
    SELECT oid, nspname
    FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
), brought AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
)
SELECT line
FROM (
    SELECT format('schema %I', nspname) AS line, 'pg_namespace'::regclass AS class, oid FROM own
    UNION ALL
    SELECT format('extension %I', extname), 'pg_extension'::regclass, oid FROM pg_extension
    UNION ALL
    SELECT format('relation %s %I.%I %s', c.relkind, n.nspname, c.relname, c.relrowsecurity), 'pg_class'::regclass, c.oid
    FROM pg_class c
    JOIN own n ON n.oid = c.relnamespace
    UNION ALL
    SELECT format(
               'column %I.%I.%I %s %s %s%s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
               a.attnotnull, a.atthasdef, a.attidentity, a.attgenerated
           ),
           'pg_class'::regclass,
           c.oid
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN own n ON n.oid = c.relnamespace
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
    UNION ALL
    SELECT format(
               'constraint %s %I.%I %I %s', k.contype, n.nspname, coalesce(c.relname, t.typname), k.conname, k.convalidated
           ),
           CASE WHEN k.conrelid <> 0 THEN 'pg_class'::regclass ELSE 'pg_type'::regclass END,
           CASE WHEN k.conrelid <> 0 THEN k.conrelid ELSE k.contypid END
    FROM pg_constraint k
    JOIN own n ON n.oid = k.connamespace
    LEFT JOIN pg_class c ON c.oid = k.conrelid
    LEFT JOIN pg_type t ON t.oid = k.contypid
    -- Some versions keep NOT NULL as constraints: the columns tell of it.
    WHERE k.contype <> 'n'
    UNION ALL
    SELECT format('trigger %I.%I %I %s', n.nspname, c.relname, g.tgname, g.tgenabled), 'pg_class'::regclass, c.oid
    FROM pg_trigger g
    JOIN pg_class c ON c.oid = g.tgrelid
    JOIN own n ON n.oid = c.relnamespace
    WHERE NOT g.tgisinternal
    UNION ALL
    SELECT format('policy %I.%I %I', n.nspname, c.relname, p.polname), 'pg_class'::regclass, c.oid
    FROM pg_policy p
    JOIN pg_class c ON c.oid = p.polrelid
    JOIN own n ON n.oid = c.relnamespace
    UNION ALL
    SELECT format('function %s %I.%I(%s)', f.prokind, n.nspname, f.proname, pg_get_function_identity_arguments(f.oid)),
           'pg_proc'::regclass,
           f.oid
    FROM pg_proc f
    JOIN own n ON n.oid = f.pronamespace
    UNION ALL
    SELECT format(
               'type %s %I.%I %s', t.typtype, n.nspname, t.typname,
               (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)
           ),
           'pg_type'::regclass,
           t.oid
    FROM pg_type t
    JOIN own n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('d', 'e', 'r')
) AS objects
WHERE NOT EXISTS (SELECT FROM brought b WHERE b.classid = objects.class AND b.objid = objects.oid)
ORDER BY line COLLATE "C"
