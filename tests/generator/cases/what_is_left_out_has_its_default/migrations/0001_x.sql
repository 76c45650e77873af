CREATE DOMAIN greeting AS text DEFAULT 'hello';
CREATE TABLE t (
    id integer PRIMARY KEY, s text DEFAULT 'd', n text DEFAULT NULL, e text, at timestamptz DEFAULT now(), g greeting,
    u uuid DEFAULT gen_random_uuid(), q integer DEFAULT 1 / 1, f text DEFAULT (current_setting('no.such', true))
);
CREATE VIEW v AS SELECT id, s FROM t;
