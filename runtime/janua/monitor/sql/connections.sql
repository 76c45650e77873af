-- Connections to this database by what they do. Without pg_read_all_stats, those of other roles are hidden.
SELECT count(*) FILTER (WHERE here AND state = 'active') AS active,
       count(*) FILTER (WHERE here AND state = 'idle') AS idle,
       count(*) FILTER (WHERE here AND state LIKE 'idle in transaction%') AS idle_in_transaction,
       count(*) FILTER (WHERE here AND wait_event_type = 'Lock') AS waiting_for_lock,
       count(*) FILTER (WHERE here AND state IS NULL) AS hidden,
       count(*) FILTER (WHERE here) AS total,
       count(*) AS server_total,
       current_setting('max_connections')::int AS server_limit
FROM (
    SELECT state, wait_event_type, datname = current_database() AS here
    FROM pg_stat_activity
    -- Hidden sessions have no type, those with a database are somebody's.
    WHERE backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL)
) AS sessions
