-- Statements whose mean time is at least $1 ms, the costliest first: those with one name together, others by their shape.
WITH counted AS (
    SELECT s.*,
           substring(s.query FROM '/\* ([[:alnum:]_.-]+\.[[:alnum:]_-]+) \*/') AS name,
           -- From PostgreSQL 17 on, this time has another name.
           coalesce(to_jsonb(s) -> 'shared_blk_read_time', to_jsonb(s) -> 'blk_read_time')::float8 AS read_ms
    FROM pg_stat_statements s
    WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND s.toplevel
), grouped AS (
    SELECT min(query) AS statement,
           count(DISTINCT queryid) AS forms,
           sum(calls)::bigint AS calls,
           sum(total_exec_time) AS total_ms,
           max(max_exec_time) AS max_ms,
           sum(rows)::bigint AS rows,
           sum(shared_blks_hit) AS hits,
           sum(shared_blks_read) AS reads,
           sum(read_ms) AS read_ms,
           sum(sum(total_exec_time)) OVER () AS all_ms,
           coalesce(min(name), '') LIKE 'janua.monitor.%' AS is_own
    FROM counted
    GROUP BY coalesce(name, queryid::text)
)
SELECT statement,
       forms,
       calls,
       total_ms,
       total_ms / nullif(calls, 0) AS mean_ms,
       max_ms,
       rows,
       (hits / nullif(hits + reads, 0))::float8 AS hit_rate,
       read_ms,
       coalesce(total_ms / nullif(all_ms, 0), 0) AS share
FROM grouped
WHERE calls > 0
  AND total_ms / calls >= $1
  AND NOT is_own
ORDER BY total_ms DESC
LIMIT $2
