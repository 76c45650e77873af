-- All statements of this database that pg_stat_statements has counted.
SELECT coalesce(sum(s.calls), 0)::bigint AS count,
       (sum(s.total_exec_time) / nullif(sum(s.calls), 0))::float8 AS mean_ms,
       (SELECT stats_reset FROM pg_stat_statements_info) AS since
FROM pg_stat_statements s
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND s.toplevel
