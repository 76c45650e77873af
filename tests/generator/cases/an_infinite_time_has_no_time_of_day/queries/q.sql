-- name: casts
SELECT
    at::time AS written,
    CAST(at AS time(0) with time zone) AS zoned,
    here::opening AS of_a_domain,
    (at AT TIME ZONE 'UTC')::time AS shifted,
    at::date AS day,
    at::timestamp AS stamp,
    now()::time AS now,
    '10:00'::time AS literal
FROM t;

-- name: inserts
INSERT INTO t (id, at, here, clock, n) SELECT id + 1, at, here, at, n FROM t WHERE n IS NOT NULL RETURNING clock, n;

-- name: updates
UPDATE t SET zoned = at, opens = here, n = 1 RETURNING zoned, opens, n;

-- name: functions
SELECT clock_of(NULL), c.clock, c.n FROM clocks() AS c;

-- name: elements
SELECT x FROM unnest(ARRAY['infinity'::timestamp, '2024-01-01'::timestamp]::time[]) AS x;
