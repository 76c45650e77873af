-- For PostgreSQL 15 and 16. The counters start with the crash.
SELECT CASE
         WHEN pg_catalog.pg_stat_get_bgwriter_timed_checkpoints()
            + pg_catalog.pg_stat_get_bgwriter_requested_checkpoints() <= 1
         THEN (split_part(next_xid, ':', 1)::numeric * 4294967296 + split_part(next_xid, ':', 2)::numeric)::text
       END
FROM pg_catalog.pg_control_checkpoint()
