-- What an answer depends on besides the tables: which server, what settings, which transactions are still running.
-- On a standby the place is NULL: what it answers is not kept.
SELECT facts.system || '.' || facts.database AS database,
       facts.timeline,
       facts.recovered,
       facts.xmin,
       facts.has_id,
       facts.isolation,
       pg_catalog.current_setting('TimeZone'),
       pg_catalog.concat_ws(
           chr(31),
           current_user,
           session_user,
           pg_catalog.pg_my_temp_schema(),
           pg_catalog.current_setting('search_path'),
           pg_catalog.current_setting('TimeZone'),
           pg_catalog.current_setting('timezone_abbreviations'),
           pg_catalog.current_setting('DateStyle'),
           pg_catalog.current_setting('IntervalStyle'),
           pg_catalog.current_setting('client_encoding'),
           pg_catalog.current_setting('extra_float_digits'),
           pg_catalog.current_setting('bytea_output'),
           pg_catalog.current_setting('xmlbinary'),
           pg_catalog.current_setting('xmloption'),
           pg_catalog.current_setting('lc_messages'),
           pg_catalog.current_setting('lc_monetary'),
           pg_catalog.current_setting('lc_numeric'),
           pg_catalog.current_setting('lc_time'),
           pg_catalog.current_setting('default_text_search_config'),
           pg_catalog.current_setting('row_security'),
           pg_catalog.current_setting('transform_null_equals'),
           pg_catalog.current_setting('array_nulls'),
           pg_catalog.current_setting('quote_all_identifiers'),
           (SELECT pg_catalog.string_agg(
                       pg_catalog.format('%L=%L', name, pg_catalog.current_setting(name, true)), ',' ORDER BY name)
            FROM pg_catalog.unnest($1::text[]) AS asked (name))
       )
FROM (
    SELECT control.system_identifier::text AS system,
           (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())::text AS database,
           CASE WHEN NOT pg_catalog.pg_is_in_recovery()
               THEN ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8))
                   ::bit(32)::int8
           END AS timeline,
           coalesce(extract(epoch FROM pg_catalog.pg_stat_get_bgwriter_stat_reset_time()) * 1000000, 0)::int8
               AS recovered,
           pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::int8 AS xmin,
           pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL AS has_id,
           pg_catalog.current_setting('transaction_isolation') AS isolation
    FROM pg_catalog.pg_control_system() AS control
) AS facts
