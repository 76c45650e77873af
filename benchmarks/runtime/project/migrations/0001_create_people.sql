-- UP
CREATE TABLE people (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    score double precision NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamptz NOT NULL
);

INSERT INTO people
SELECT md5(n::text)::uuid, format('person%s@example.com', n), format('Person %s', n), n * 0.5, n % 2 = 0,
       timestamptz '2026-01-01 00:00Z' + n * interval '1 minute'
FROM generate_series(1, 10000) AS n;

-- DOWN
DROP TABLE people;
