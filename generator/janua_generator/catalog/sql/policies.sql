-- Row level security policies, put together as CREATE POLICY. $1: the schemas.
SELECT schemaname || '.' || tablename AS relation,
       policyname AS name,
       format(
           'CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s%s%s',
           policyname, schemaname, tablename, permissive, cmd,
           array_to_string(roles, ', '),
           CASE WHEN qual IS NOT NULL THEN format(' USING (%s)', qual) ELSE '' END,
           CASE WHEN with_check IS NOT NULL THEN format(' WITH CHECK (%s)', with_check) ELSE '' END
       ) AS definition
FROM pg_policies
WHERE schemaname = ANY($1)
ORDER BY 1, 2
