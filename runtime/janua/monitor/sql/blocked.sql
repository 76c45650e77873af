-- Sessions that wait for a lock, once for each session that they wait for. A prepared transaction blocks as pid 0.
WITH waiting AS MATERIALIZED (
    SELECT * FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
)
SELECT waiting.pid,
       waiting.usename::text AS "user",
       waiting.application_name AS application,
       coalesce(asked.mode, '') AS lock_mode,
       coalesce(CASE WHEN asked.locktype = 'tuple' THEN 'a row of ' ELSE '' END || asked.relation::regclass::text, 'a row of ' || held.relation::regclass::text, asked.locktype, '') AS lock_on,
       extract(epoch FROM clock_timestamp() - coalesce(asked.waitstart, waiting.query_start))::float8 AS seconds,
       waiting.query AS statement,
       blocker.pid AS blocking_pid,
       coalesce(blocking.usename::text, '') AS blocking_user,
       coalesce(blocking.application_name, '') AS blocking_application,
       coalesce(blocking.state, 'prepared transaction') AS blocking_state,
       extract(epoch FROM clock_timestamp() - blocking.xact_start)::float8 AS blocking_seconds,
       coalesce(blocking.query, '') AS blocking_statement
FROM waiting
CROSS JOIN LATERAL (SELECT DISTINCT unnest(pg_blocking_pids(waiting.pid)) AS pid) AS blocker
LEFT JOIN pg_stat_activity AS blocking ON blocking.pid = blocker.pid
LEFT JOIN LATERAL (
    SELECT mode, relation, locktype, waitstart FROM pg_locks WHERE pid = waiting.pid AND NOT granted LIMIT 1
) AS asked ON true
-- Who waits for the transaction that has locked a row holds the row's turn.
LEFT JOIN LATERAL (
    SELECT relation FROM pg_locks WHERE pid = waiting.pid AND locktype = 'tuple' AND granted LIMIT 1
) AS held ON asked.locktype = 'transactionid'
ORDER BY seconds DESC, waiting.pid, blocking_pid
