-- Replication slots and the write-ahead log that the server keeps for them: one that nobody reads fills the disk.
SELECT slot_name::text AS slot,
       slot_type AS type,
       active AS is_active,
       coalesce(wal_status, '') AS wal_status,
       pg_wal_lsn_diff(
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
           restart_lsn
       )::bigint AS retained_bytes,
       -- Known from PostgreSQL 17 on.
       coalesce(to_jsonb(s) ->> 'invalidation_reason', '') AS invalidated_because
FROM pg_replication_slots s
ORDER BY retained_bytes DESC NULLS LAST, slot
