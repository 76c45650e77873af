CREATE TABLE t (id integer PRIMARY KEY, s text, created_at timestamptz);
