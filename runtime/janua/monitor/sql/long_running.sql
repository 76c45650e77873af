-- Statements that have been running for $1 seconds or longer, the longest first.
SELECT pid,
       usename::text AS "user",
       application_name AS application,
       coalesce(host(client_addr), '') AS client,
       extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds,
       extract(epoch FROM clock_timestamp() - xact_start)::float8 AS transaction_seconds,
       concat_ws(': ', wait_event_type, wait_event) AS waits_for,
       query AS statement
FROM pg_stat_activity
WHERE datname = current_database()
  AND backend_type = 'client backend'
  AND state = 'active'
  AND pid <> pg_backend_pid()
  AND clock_timestamp() - query_start >= make_interval(secs => $1)
ORDER BY seconds DESC
