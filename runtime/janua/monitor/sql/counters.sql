-- What this database has counted since its statistics were reset.
SELECT xact_commit AS committed,
       xact_rollback AS rolled_back,
       deadlocks,
       conflicts,
       temp_files,
       temp_bytes,
       coalesce(checksum_failures, 0) AS checksum_failures,
       stats_reset AS since
FROM pg_stat_database
WHERE datname = current_database()
