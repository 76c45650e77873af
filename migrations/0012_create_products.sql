-- UP
CREATE TYPE billing_interval AS ENUM ('month', 'year');

CREATE TABLE products (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sku             text NOT NULL UNIQUE,
    name            varchar(255) NOT NULL,
    description     text,
    price           numeric(10, 2) NOT NULL,
    currency        char(3) NOT NULL DEFAULT 'EUR',
    billed_every    billing_interval NOT NULL DEFAULT 'month',
    seats           int4range NOT NULL DEFAULT '[1,)',
    available       daterange,
    trial_period    interval,
    features        jsonb NOT NULL DEFAULT '[]',
    search          tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', name), 'A')
        || setweight(to_tsvector('english', coalesce(description, '')), 'B')
    ) STORED,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT products_price_is_not_negative CHECK (price >= 0),
    CONSTRAINT products_seats_are_positive CHECK (lower(seats) >= 1)
);

CREATE INDEX products_search_idx ON products USING gin (search);

CREATE TRIGGER products_set_updated_at
    BEFORE UPDATE ON products
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE products IS 'What organizations can subscribe to.';
COMMENT ON COLUMN products.price IS 'For one seat and one billing interval.';
COMMENT ON COLUMN products.seats IS 'How many seats can be bought.';
COMMENT ON COLUMN products.available IS 'Days on which it is sold; NULL: it is not sold yet.';
COMMENT ON COLUMN products.features IS 'Keys of the features that are included, as a JSON array of strings.';
COMMENT ON COLUMN products.search IS 'Words of name and description, for full-text search.';

-- DOWN
DROP TABLE products;
DROP TYPE billing_interval;
