-- What became of a transaction ($1), or whether the process ($2, which began at $3) is still there.
SELECT CASE
           WHEN $1::text <> '0' THEN pg_catalog.pg_xact_status($1::text::xid8)
           WHEN EXISTS (
               SELECT FROM pg_catalog.pg_stat_get_activity($2::int) AS process
               -- of others' processes only some roles see when they began
               WHERE coalesce(extract(epoch FROM process.backend_start) * 1000000, $3::int8)::int8 = $3::int8
           ) THEN 'in progress'
           ELSE 'aborted'
       END
