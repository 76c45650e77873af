-- Transactions that have been waiting for their client for $1 seconds or longer, with their last statement.
SELECT pid,
       usename::text AS "user",
       application_name AS application,
       coalesce(host(client_addr), '') AS client,
       extract(epoch FROM clock_timestamp() - state_change)::float8 AS seconds,
       extract(epoch FROM clock_timestamp() - xact_start)::float8 AS transaction_seconds,
       concat_ws(': ', wait_event_type, wait_event) AS waits_for,
       query AS statement
FROM pg_stat_activity
WHERE datname = current_database()
  AND backend_type = 'client backend'
  AND state LIKE 'idle in transaction%'
  AND pid <> pg_backend_pid()
  AND clock_timestamp() - state_change >= make_interval(secs => $1)
ORDER BY seconds DESC
