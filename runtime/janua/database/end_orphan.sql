-- The connection is lost, but its process may not have noticed: it would hold its locks for as long as it waits.
-- Only one that waits for its client: a process that is committing must not be disturbed.
SELECT pg_catalog.pg_terminate_backend(pid)
FROM pg_catalog.pg_stat_activity
WHERE backend_xid = $1::text::xid8::xid AND state LIKE 'idle in transaction%'
