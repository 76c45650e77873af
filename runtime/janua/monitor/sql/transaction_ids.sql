-- How much of the two billion transaction ids (and multixacts) may still be used before PostgreSQL refuses writes.
SELECT 'database' AS kind,
       datname::text AS name,
       age(datfrozenxid) AS age,
       mxid_age(datminmxid) AS multixact_age,
       greatest(age(datfrozenxid), mxid_age(datminmxid)) / 2147483648.0::float8 AS used
FROM pg_database
UNION ALL
(
    SELECT 'table',
           c.oid::regclass::text,
           age(c.relfrozenxid),
           mxid_age(c.relminmxid),
           greatest(age(c.relfrozenxid), mxid_age(c.relminmxid)) / 2147483648.0::float8
    FROM pg_class c
    WHERE c.relkind IN ('r', 'm', 't')
    ORDER BY 5 DESC, 2
    LIMIT $1
)
ORDER BY kind, used DESC, name
