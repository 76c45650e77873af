-- For PostgreSQL 17 and newer. The counters start with the crash.
SELECT CASE
         WHEN pg_catalog.pg_stat_get_checkpointer_num_timed()
            + pg_catalog.pg_stat_get_checkpointer_num_requested() <= 1
         THEN (split_part(next_xid, ':', 1)::numeric * 4294967296 + split_part(next_xid, ':', 2)::numeric)::text
       END
FROM pg_catalog.pg_control_checkpoint()
