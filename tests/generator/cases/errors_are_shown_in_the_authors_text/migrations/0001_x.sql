CREATE TABLE bookings (id integer PRIMARY KEY, starts_at timestamptz NOT NULL, note text);
