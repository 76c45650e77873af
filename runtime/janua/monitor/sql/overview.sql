-- The database at a glance. Partitions of a table count as one with it.
SELECT current_setting('server_version') AS server_version,
       current_database()::text AS database,
       pg_postmaster_start_time() AS started,
       pg_is_in_recovery() AS is_replica,
       -- A replica that has replayed all it received is not late, however long the primary has been silent.
       CASE
           WHEN NOT pg_is_in_recovery() THEN NULL
           WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
           ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
       END::float8 AS replay_delay_s,
       pg_database_size(current_database()) AS size_bytes,
       (
           SELECT count(*)
           FROM pg_class c
           JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'p')
             AND NOT c.relispartition
             AND n.nspname <> 'information_schema'
             AND n.nspname !~ '^pg_'
       ) AS tables
