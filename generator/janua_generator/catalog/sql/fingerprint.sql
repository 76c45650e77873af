-- Which OIDs the migrations' relations, types and functions have: the same only in a database that was made once.
SELECT md5(coalesce(string_agg(object.oid || object.name, ',' ORDER BY object.name, object.oid), '')) AS fingerprint
FROM (
    SELECT oid, relname::text COLLATE "C" AS name FROM pg_class WHERE oid >= 16384
    UNION ALL
    SELECT oid, typname::text FROM pg_type WHERE oid >= 16384
    UNION ALL
    SELECT oid, proname::text FROM pg_proc WHERE oid >= 16384
) object
