-- The tracking table. A row is written in the same transaction as what it tells of, wherever that is possible.
CREATE TABLE IF NOT EXISTS {table} (
    -- the order in which they were begun
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    -- of the UP section, without comments and blanks
    checksum      text NOT NULL,
    applied_at    timestamptz,
    duration_ms   double precision NOT NULL DEFAULT 0,
    applied_by    text NOT NULL,
    -- Of a migration outside a transaction that is not at its end: how many of its statements are done.
    under_way     text CHECK (under_way IN ('up', 'down')),
    done          integer NOT NULL DEFAULT 0,
    done_checksum text NOT NULL DEFAULT '',
    -- While one runs that no transaction can hold: what there was before it.
    in_doubt      text,
    CHECK (applied_at IS NOT NULL OR under_way = 'up')
)
