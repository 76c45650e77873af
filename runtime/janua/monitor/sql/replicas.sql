-- The servers that follow this one, the one that is most behind first.
SELECT application_name AS application,
       coalesce(host(client_addr), '') AS client,
       state,
       sync_state,
       pg_wal_lsn_diff(
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
           replay_lsn
       )::bigint AS lag_bytes,
       extract(epoch FROM replay_lag)::float8 AS lag_s
FROM pg_stat_replication
ORDER BY lag_bytes DESC NULLS FIRST, application
