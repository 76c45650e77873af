-- Everything that migrations can make in a database: its kind, its name, what there is to say about it, and
-- the names of what it is a part of.
-- Left out: what belongs to an extension or to PostgreSQL itself, rows, and the order of a table's columns.
WITH schemas AS (
    SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
),
of_extensions AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
relations AS (
    SELECT c.*, c.oid::regclass::text AS shown FROM pg_class c
    WHERE c.relnamespace IN (SELECT oid FROM schemas)
      AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM of_extensions)
),
routines AS (
    SELECT p.*, p.oid::regprocedure::text AS shown FROM pg_proc p
    WHERE p.pronamespace IN (SELECT oid FROM schemas)
      AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM of_extensions)
),
types AS (
    SELECT t.*, t.oid::regtype::text AS shown FROM pg_type t
    WHERE t.typnamespace IN (SELECT oid FROM schemas) AND t.typtype IN ('e', 'd', 'r', 'b') AND t.typcategory <> 'A'
      AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM of_extensions)
),
columns AS (
    SELECT a.*, r.shown || '.' || quote_ident(a.attname) AS shown FROM pg_attribute a JOIN relations r ON r.oid = a.attrelid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
),
grants AS (
    SELECT 'schema ' || quote_ident(nspname) AS shown, coalesce(nspacl, acldefault('n', nspowner)) AS acl,
           ARRAY[quote_ident(nspname)] AS parents, nspowner AS owner FROM schemas
    UNION ALL
    SELECT shown, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)), ARRAY[shown], relowner
    FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL SELECT shown, attacl, ARRAY[shown, attrelid::regclass::text], 0 FROM columns
    UNION ALL SELECT shown, coalesce(proacl, acldefault('f', proowner)), ARRAY[shown], proowner FROM routines
    UNION ALL SELECT 'type ' || shown, coalesce(typacl, acldefault('T', typowner)), ARRAY[shown], typowner FROM types
),
owners AS (
    SELECT 'schema ' || quote_ident(nspname) AS shown, nspowner AS owner, quote_ident(nspname) AS parent FROM schemas
    UNION ALL SELECT shown, relowner, shown FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL SELECT shown, proowner, shown FROM routines
    UNION ALL SELECT 'type ' || shown, typowner, shown FROM types
),
-- Kinds that are rare: that they are there, and what the server calls them.
others AS (
    SELECT classid, objid FROM (
        SELECT 'pg_cast'::regclass AS classid, oid AS objid FROM pg_cast
        UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator
        UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass
        UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily
        UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_collation
        UNION ALL SELECT 'pg_conversion'::regclass, oid FROM pg_conversion
        UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config
        UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict
        UNION ALL SELECT 'pg_ts_parser'::regclass, oid FROM pg_ts_parser
        UNION ALL SELECT 'pg_ts_template'::regclass, oid FROM pg_ts_template
        UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_publication
        UNION ALL SELECT 'pg_publication_rel'::regclass, oid FROM pg_publication_rel
        UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
        UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
        UNION ALL SELECT 'pg_user_mapping'::regclass, oid FROM pg_user_mapping
        UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language
        UNION ALL SELECT 'pg_transform'::regclass, oid FROM pg_transform
        UNION ALL SELECT 'pg_am'::regclass, oid FROM pg_am
    ) every
    WHERE objid >= 16384 AND (classid, objid) NOT IN (SELECT classid, objid FROM of_extensions)
)
SELECT 'schema' AS kind, quote_ident(nspname) AS name, '' AS definition, ARRAY[]::text[] AS parents FROM schemas
UNION ALL
SELECT 'extension', extname, extversion || ' in ' || extnamespace::regnamespace, ARRAY[]::text[] FROM pg_extension
UNION ALL
SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                    WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type' ELSE 'table' END,
       shown,
       concat_ws('; ',
           CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END,
           CASE WHEN relkind = 'p' THEN 'partition by ' || pg_get_partkeydef(oid) END,
           CASE WHEN relispartition THEN 'partition ' || pg_get_expr(relpartbound, oid) END,
           (SELECT 'inherits ' || string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno)
            FROM pg_inherits WHERE inhrelid = relations.oid),
           CASE relpersistence WHEN 'u' THEN 'unlogged' END,
           CASE WHEN relrowsecurity THEN 'row level security' END,
           CASE WHEN relforcerowsecurity THEN 'forced row level security' END,
           CASE WHEN relreplident NOT IN ('d', 'n') THEN 'replica identity ' || relreplident::text END,
           'options ' || reloptions::text,
           (SELECT 'tablespace ' || spcname FROM pg_tablespace t WHERE t.oid = reltablespace),
           CASE WHEN reloftype <> 0 THEN 'of ' || reloftype::regtype END,
           (SELECT format('%s from %s to %s by %s start %s cache %s%s', seqtypid::regtype, seqmin, seqmax, seqincrement,
                          seqstart, seqcache, CASE WHEN seqcycle THEN ' cycle' ELSE '' END)
            FROM pg_sequence WHERE seqrelid = relations.oid),
           (SELECT 'owned by ' || refobjid::regclass || '.' || attname FROM pg_depend
            JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
            WHERE classid = 'pg_class'::regclass AND objid = relations.oid AND relkind = 'S' AND deptype IN ('a', 'i'))),
       ARRAY(SELECT refobjid::regclass::text FROM pg_depend
             WHERE classid = 'pg_class'::regclass AND objid = relations.oid AND relkind = 'S' AND deptype IN ('a', 'i'))
FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
UNION ALL
SELECT 'column', shown,
       concat_ws(' ', format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END,
           CASE WHEN attcollation <> (SELECT typcollation FROM pg_type WHERE pg_type.oid = atttypid)
                THEN 'collate ' || attcollation::regcollation END,
           CASE attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' END,
           CASE WHEN attstorage <> (SELECT typstorage FROM pg_type WHERE pg_type.oid = atttypid) THEN 'storage ' || attstorage::text END,
           CASE WHEN attcompression <> '' THEN 'compression ' || attcompression::text END,
           CASE WHEN attstattarget >= 0 THEN 'statistics ' || attstattarget END,
           'options ' || attoptions::text),
       ARRAY[attrelid::regclass::text]
FROM columns
UNION ALL
SELECT CASE WHEN attgenerated <> '' THEN 'generated value' ELSE 'default' END, columns.shown, pg_get_expr(adbin, adrelid),
       ARRAY[columns.shown, attrelid::regclass::text]
FROM pg_attrdef JOIN columns ON adrelid = attrelid AND adnum = attnum
UNION ALL
-- PostgreSQL 18 keeps a constraint for each NOT NULL, which the column tells already.
SELECT 'constraint', quote_ident(conname) || coalesce(' on ' || r.shown, ' on type ' || contypid::regtype),
       pg_get_constraintdef(c.oid) || CASE WHEN convalidated THEN '' ELSE ' (not validated)' END,
       ARRAY[r.shown, contypid::regtype::text]
FROM pg_constraint c LEFT JOIN relations r ON r.oid = conrelid
WHERE contype IN ('c', 'f', 'p', 'u', 'x') AND (r.oid IS NOT NULL OR contypid IN (SELECT oid FROM types))
UNION ALL
SELECT 'index', r.shown, pg_get_indexdef(r.oid)
       || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END || CASE WHEN indisclustered THEN ' (clustered)' ELSE '' END
       || CASE WHEN indisreplident THEN ' (replica identity)' ELSE '' END || coalesce(' options ' || reloptions::text, ''),
       ARRAY[indrelid::regclass::text]
FROM pg_index JOIN relations r ON r.oid = indexrelid
UNION ALL
SELECT 'function', shown,
       CASE WHEN prokind = 'a' THEN (SELECT row(g.*)::text FROM (SELECT aggkind, aggtransfn::regproc, aggfinalfn::regproc,
           aggcombinefn::regproc, aggtranstype::regtype, agginitval FROM pg_aggregate WHERE aggfnoid = routines.oid) g)
            ELSE pg_get_functiondef(oid) END,
       ARRAY[]::text[]
FROM routines
UNION ALL
SELECT 'trigger', quote_ident(tgname) || ' on ' || r.shown, pg_get_triggerdef(t.oid) || ' ' || tgenabled::text, ARRAY[r.shown]
FROM pg_trigger t JOIN relations r ON r.oid = tgrelid WHERE NOT tgisinternal
UNION ALL
SELECT 'event trigger', evtname, concat_ws(' ', evtevent, evtfoid::regproc, evtenabled, evttags::text),
       ARRAY[]::text[]
FROM pg_event_trigger
UNION ALL
SELECT 'rule', quote_ident(rulename) || ' on ' || r.shown, pg_get_ruledef(w.oid) || ' ' || ev_enabled::text, ARRAY[r.shown]
FROM pg_rewrite w JOIN relations r ON r.oid = ev_class WHERE rulename <> '_RETURN'
UNION ALL
SELECT 'policy', quote_ident(polname) || ' on ' || r.shown,
       concat_ws(' ', polcmd, CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END,
           'to ' || (SELECT string_agg(CASE u WHEN 0 THEN 'public' ELSE u::regrole::text END, ', ' ORDER BY u) FROM unnest(polroles) u),
           'using ' || pg_get_expr(polqual, polrelid), 'check ' || pg_get_expr(polwithcheck, polrelid)),
       ARRAY[r.shown]
FROM pg_policy JOIN relations r ON r.oid = polrelid
UNION ALL
SELECT 'type', shown,
       concat_ws(' ', typtype,
           (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = types.oid),
           CASE WHEN typtype = 'd' THEN format_type(typbasetype, typtypmod) END,
           CASE WHEN typnotnull THEN 'NOT NULL' END, 'default ' || typdefault,
           (SELECT 'of ' || rngsubtype::regtype FROM pg_range WHERE rngtypid = types.oid)),
       ARRAY[]::text[]
FROM types
UNION ALL
SELECT 'statistics', quote_ident(stxname) || ' on ' || r.shown, pg_get_statisticsobjdef(s.oid), ARRAY[r.shown]
FROM pg_statistic_ext s JOIN relations r ON r.oid = stxrelid
UNION ALL
SELECT 'default privileges', coalesce('in ' || defaclnamespace::regnamespace::text, 'everywhere') || ' for ' || defaclobjtype::text
       || ' of ' || defaclrole::regrole, defaclacl::text, ARRAY[]::text[]
FROM pg_default_acl
UNION ALL
SELECT 'comment', pg_describe_object(classoid, objoid, objsubid), description,
       CASE classoid
           WHEN 'pg_class'::regclass THEN ARRAY[objoid::regclass::text, (SELECT c.shown FROM columns c WHERE c.attrelid = objoid AND c.attnum = objsubid)]
           WHEN 'pg_type'::regclass THEN ARRAY[objoid::regtype::text]
           WHEN 'pg_proc'::regclass THEN ARRAY[objoid::regprocedure::text]
           WHEN 'pg_namespace'::regclass THEN ARRAY[objoid::regnamespace::text]
           ELSE ARRAY(SELECT refobjid::regclass::text FROM pg_depend
                      WHERE classid = classoid AND objid = objoid AND refclassid = 'pg_class'::regclass)
       END
FROM pg_description
WHERE objoid >= 16384 AND (classoid, objoid) NOT IN (SELECT classid, objid FROM of_extensions)
  AND classoid <> 'pg_extension'::regclass
UNION ALL
SELECT 'grant', privilege_type || ' on ' || shown || ' to ' || CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END,
       CASE WHEN is_grantable THEN 'with grant option' ELSE '' END, parents
-- What owners have as such changes with the owner.
FROM grants, aclexplode(acl) WHERE grantee <> owner
UNION ALL
SELECT 'owner', shown, owner::regrole::text, ARRAY[parent] FROM owners
UNION ALL
SELECT i.type, i.identity, '', ARRAY[]::text[] FROM others, pg_identify_object(classid, objid, 0) i
