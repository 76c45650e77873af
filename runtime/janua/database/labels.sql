-- The labels of the enums that $1 names, in their order; none for a name that is not that of an enum.
SELECT name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
FROM unnest($1::text[]) AS name
JOIN pg_catalog.pg_enum e ON e.enumtypid = to_regtype(name)::oid
GROUP BY name
