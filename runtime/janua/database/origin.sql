-- Which server this is: no two servers, and no server before and after a crash, have the same three.
-- A crash resets the statistics. A standby gives no row.
SELECT system_identifier::text,
       substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8),
       pg_catalog.pg_stat_get_bgwriter_stat_reset_time()::text
FROM pg_catalog.pg_control_system()
WHERE NOT pg_catalog.pg_is_in_recovery()
