-- UP
CREATE TABLE owners (id int PRIMARY KEY, name text NOT NULL, touched int NOT NULL DEFAULT 0);
CREATE TABLE accounts (
    id int PRIMARY KEY,
    owner_id int NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    balance int NOT NULL,
    note text NOT NULL DEFAULT ''
);
CREATE TABLE movements (
    id int PRIMARY KEY, account_id int NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, amount int NOT NULL
);
CREATE TABLE badges (id int PRIMARY KEY, owner_id int REFERENCES owners (id) ON DELETE SET NULL);
CREATE TABLE slow (id int PRIMARY KEY, balance int NOT NULL);
CREATE TABLE events (id int NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE places (id int NOT NULL, name text NOT NULL);
CREATE TABLE towns (mayor text NOT NULL) INHERITS (places);
CREATE TABLE "Odd ""Name"" s" (id int PRIMARY KEY, "größe" int NOT NULL);
CREATE SCHEMA side;
CREATE TABLE side.accounts (id int PRIMARY KEY, owner_id int NOT NULL, balance int NOT NULL, note text NOT NULL);
CREATE TABLE secrets (id int PRIMARY KEY, tenant text NOT NULL, secret text NOT NULL);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON secrets USING (tenant = current_setting('app.tenant', true));

CREATE VIEW rich AS SELECT id, owner_id, balance FROM accounts WHERE balance >= 10;
CREATE MATERIALIZED VIEW totals AS SELECT 1 AS id, sum(balance)::int AS total FROM accounts;

CREATE FUNCTION touch_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE owners SET touched = touched + 1 WHERE id = NEW.owner_id;
    RETURN NULL;
END $$;
CREATE TRIGGER touched AFTER UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch_owner();
CREATE FUNCTION tarry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(0.4);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tarries AFTER UPDATE ON slow DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION tarry();
CREATE FUNCTION pay(account int, amount int) RETURNS void LANGUAGE sql AS $$
    UPDATE accounts SET balance = balance + amount WHERE id = account;
$$;
CREATE FUNCTION hidden(account int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('UPDATE accounts SET balance = balance + 100 WHERE id = %s', account);
END $$;
CREATE FUNCTION total_of(owner int) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(balance), 0)::int FROM accounts WHERE owner_id = owner
$$;
CREATE RULE add_town AS ON INSERT TO places WHERE NEW.id > 100 DO ALSO INSERT INTO badges VALUES (NEW.id, NULL);
-- DOWN
