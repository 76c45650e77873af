-- Who is about to commit. No row where nothing was written; the process tells itself apart by when it began.
SELECT control.system_identifier || '.' || (
           SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
       ),
       ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8))
           ::bit(32)::int8,
       coalesce(extract(epoch FROM pg_catalog.pg_stat_get_bgwriter_stat_reset_time()) * 1000000, 0)::int8,
       coalesce(pg_catalog.pg_current_xact_id_if_assigned()::text::int8, 0),
       pg_catalog.pg_backend_pid(),
       coalesce(extract(epoch FROM process.backend_start) * 1000000, 0)::int8
FROM pg_catalog.pg_control_system() AS control,
     pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) AS process
WHERE NOT pg_catalog.pg_is_in_recovery()
