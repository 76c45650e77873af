-- Names of volatile functions of which nothing else is known: the server's own, and those in C of extensions.
-- The server's statistics call themselves stable.
SELECT DISTINCT p.proname AS name
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE (p.provolatile = 'v' OR p.proname ~ '^(pg_stat_get_|mxid_age$)')
  AND (n.nspname = 'pg_catalog' OR l.lanname IN ('c', 'internal') AND EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i')
  ))
