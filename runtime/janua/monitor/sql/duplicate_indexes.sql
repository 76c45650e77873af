-- Indexes that another one makes superfluous: it has the same columns in the same order, and maybe more behind them.
WITH indexes AS (
    SELECT i.*,
           i.indkey::int2[] AS keys,
           i.indclass::oid[] AS classes,
           i.indcollation::oid[] AS collations,
           i.indoption::int2[] AS options,
           pg_get_expr(i.indexprs, i.indrelid) AS expressions,
           pg_get_expr(i.indpred, i.indrelid) AS predicate,
           c.relname,
           c.relam,
           -- Constraints need it: their own, or foreign keys that refer to what it makes unique.
           i.indisprimary OR i.indisexclusion OR i.indisreplident
               OR EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid) AS is_needed
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    -- An index of a partition goes with that of its parent.
    WHERE i.indisvalid AND NOT c.relispartition
)
SELECT DISTINCT ON (n.nspname, t.relname, a.relname)
       n.nspname::text AS schema,
       t.relname::text AS table,
       a.relname::text AS index,
       b.relname::text AS covered_by,
       coalesce(
           (SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree(a.indexrelid)),
           pg_relation_size(a.indexrelid)
       )::bigint AS size_bytes
FROM indexes a
JOIN indexes b ON b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid AND b.relam = a.relam
JOIN pg_am m ON m.oid = a.relam
JOIN pg_class t ON t.oid = a.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname <> 'information_schema'
  AND n.nspname !~ '^pg_'
  AND NOT a.is_needed
  AND b.keys[0:a.indnkeyatts - 1] = a.keys[0:a.indnkeyatts - 1]
  AND b.classes[0:a.indnkeyatts - 1] = a.classes[0:a.indnkeyatts - 1]
  AND b.collations[0:a.indnkeyatts - 1] = a.collations[0:a.indnkeyatts - 1]
  AND b.options[0:a.indnkeyatts - 1] = a.options[0:a.indnkeyatts - 1]
  AND b.indnkeyatts >= a.indnkeyatts
  AND b.predicate IS NOT DISTINCT FROM a.predicate
  AND (a.expressions IS NULL OR (b.expressions = a.expressions AND b.indnkeyatts = a.indnkeyatts))
  AND (b.indnkeyatts = a.indnkeyatts OR m.amname = 'btree')
  -- Columns that are only included answer queries from the index alone.
  AND b.keys @> a.keys
  AND (
      NOT a.indisunique
      OR (
          b.indisunique
          AND b.indnkeyatts = a.indnkeyatts
          AND b.indimmediate >= a.indimmediate
          AND b.indnullsnotdistinct >= a.indnullsnotdistinct
      )
  )
  -- Of two equal ones, one stays: the needed, the unique, the one that includes more, the older one.
  AND (
      b.indnkeyatts > a.indnkeyatts
      OR (b.is_needed, b.indisunique, b.indnatts, a.indexrelid) > (a.is_needed, a.indisunique, a.indnatts, b.indexrelid)
  )
ORDER BY n.nspname, t.relname, a.relname, b.indnatts, b.relname
