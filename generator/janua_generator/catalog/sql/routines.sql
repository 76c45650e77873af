-- What the server says of functions and operators by their bare names, over all overloads and schemas.
-- A name counts as strict only where every function (not aggregate, not set-returning) of this name is,
-- and as an aggregate only where none of this name is a plain function.
SELECT array_agg(proname ORDER BY proname) FILTER (WHERE strict) AS strict,
       array_agg(proname ORDER BY proname) FILTER (WHERE returns_set) AS set_returning,
       array_agg(proname ORDER BY proname) FILTER (WHERE aggregate) AS aggregates,
       array_agg(proname ORDER BY proname) FILTER (WHERE redefined) AS redefined,
       array_agg(proname ORDER BY proname) FILTER (WHERE overloaded) AS overloaded,
       array_agg(proname ORDER BY proname) FILTER (WHERE volatile) AS volatile,
       jsonb_object_agg(proname, result) FILTER (WHERE result IS NOT NULL) AS results,
       (SELECT array_agg(DISTINCT o.oprname::text)
        FROM pg_operator o
        WHERE o.oprname NOT IN (
            SELECT x.oprname
            FROM pg_operator x
            JOIN pg_proc p ON p.oid = x.oprcode
            WHERE NOT p.proisstrict
        )) AS strict_operators,
       coalesce((SELECT array_agg(DISTINCT o.oprname::text)
        FROM pg_operator o
        JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE n.nspname <> 'pg_catalog'
          AND NOT EXISTS (
              SELECT FROM pg_depend d
              WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e'
          )), '{}') AS redefined_operators,
       coalesce((SELECT array_agg(DISTINCT format_type(c.casttarget, NULL))
        FROM pg_cast c
        JOIN pg_proc p ON p.oid = c.castfunc
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname <> 'pg_catalog'
          AND NOT EXISTS (
              SELECT FROM pg_depend d
              WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i')
          )), '{}') AS redefined_casts
FROM (
    SELECT p.proname::text AS proname,
           bool_and(p.proisstrict AND p.prokind = 'f' AND NOT p.proretset) AS strict,
           bool_or(p.proretset) AS returns_set,
           bool_and(p.prokind IN ('a', 'w')) AND bool_or(p.prokind = 'a') AS aggregate,
           count(*) > 1 AS overloaded,
           bool_or(p.provolatile = 'v') AS volatile,
           CASE WHEN count(DISTINCT p.prorettype) = 1 AND count(*) FILTER (WHERE p.proretset) = 0
                     THEN format_type(min(p.prorettype::oid), NULL) END AS result,
           bool_or(n.nspname <> 'pg_catalog' AND NOT EXISTS (
               SELECT FROM pg_depend d
               WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i')
           )) AS redefined
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    GROUP BY 1
) AS name
