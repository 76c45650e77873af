-- The tables, with the file that holds their rows, how often this transaction has read them whole, and its locks.
SELECT c.oid::regclass::text, pg_relation_filenode(c.oid), coalesce(pg_stat_get_xact_numscans(c.oid), 0),
       ARRAY(SELECT l.mode FROM pg_locks l WHERE l.relation = c.oid AND l.pid = pg_backend_pid() AND l.granted)
FROM pg_class c
WHERE c.oid = ANY(%(tables)s)
