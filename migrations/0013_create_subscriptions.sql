-- UP
CREATE TYPE subscription_status AS ENUM ('trialing', 'active', 'past_due', 'cancelled');

-- Numbers are printed on invoices: short, and with gaps where an insert was rolled back.
CREATE SEQUENCE subscription_numbers START 1001;

CREATE TABLE subscriptions (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number            bigint NOT NULL UNIQUE DEFAULT nextval('subscription_numbers'),
    organization_id   uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
    product_id        uuid NOT NULL REFERENCES products ON DELETE RESTRICT,
    status            subscription_status NOT NULL DEFAULT 'active',
    seats             integer NOT NULL DEFAULT 1 CONSTRAINT subscriptions_seats_are_positive CHECK (seats > 0),
    period            tstzrange NOT NULL,
    discount          numeric(4, 3),
    renewal_notice_at timestamp,
    created_at        timestamptz NOT NULL DEFAULT now(),
    cancelled_at      timestamptz,
    CONSTRAINT subscriptions_discount_is_a_share CHECK (discount BETWEEN 0 AND 1),
    CONSTRAINT subscriptions_period_has_a_start CHECK (NOT isempty(period) AND NOT lower_inf(period)),
    CONSTRAINT subscriptions_do_not_overlap
        EXCLUDE USING gist (organization_id WITH =, product_id WITH =, period WITH &&)
        WHERE (status <> 'cancelled')
);

ALTER SEQUENCE subscription_numbers OWNED BY subscriptions.number;

CREATE INDEX subscriptions_product_id_idx ON subscriptions (product_id);

COMMENT ON TABLE subscriptions IS 'Which product an organization pays for, and when.';
COMMENT ON COLUMN subscriptions.period IS 'Paid for; without an end, it renews by itself.';
COMMENT ON COLUMN subscriptions.discount IS 'Share of the price that is not paid; NULL: none was agreed.';
COMMENT ON COLUMN subscriptions.renewal_notice_at IS 'Local time of the organization at which a reminder is sent.';

-- DOWN
DROP TABLE subscriptions;
DROP TYPE subscription_status;
