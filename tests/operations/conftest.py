"""Databases of these tests' own, with a bit of everything in them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from janua.scratch import ScratchServer, with_database
from psycopg import sql

RICH = """
CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN tag AS text CHECK (value <> '');
CREATE TABLE app.people (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, feeling mood, tags tag[],
    at timestamptz, score float8, price numeric, data jsonb, raw bytea, took interval,
    shout text GENERATED ALWAYS AS (upper(name)) STORED
);
INSERT INTO app.people (name, feeling, tags, at, score, price, data, raw, took)
SELECT 'n' || g, 'happy', ARRAY['a', 'b'], timestamptz '2026-01-01' + g * interval '1 hour', g / 7.0::float8, g / 7.0,
       jsonb_build_object('g', g), decode(md5(g::text), 'hex'), g * interval '1 month 3 days'
FROM generate_series(1, 3000) AS g;
INSERT INTO app.people (name) VALUES ('twice'), ('twice');
CREATE INDEX ON app.people (lower(name));
CREATE TABLE log (at int, what text) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (10);
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM (10) TO (100);
INSERT INTO log SELECT g, 'x' FROM generate_series(1, 50) AS g;
CREATE TABLE "Odd ""name" ("t" int, "janua" text, person int REFERENCES app.people);
INSERT INTO "Odd ""name" VALUES (1, NULL, 1);
CREATE TABLE nothing ();
CREATE VIEW app.happy AS SELECT * FROM app.people WHERE feeling = 'happy';
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS number FROM app.people;
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';
ALTER TABLE log ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON log USING (at > 3);
"""


@pytest.fixture
def url(scratch: ScratchServer) -> Iterator[str]:
    """The address of a database with a bit of everything."""
    yield from rich_database(scratch.url("postgres"))


def rich_database(server_url: str) -> Iterator[str]:
    """Keep such a database on a server for as long as it is needed."""
    name = f"ops {uuid4().hex[:12]}"
    administer(server_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = with_database(server_url, name.replace(" ", "%20") if "://" in server_url else name)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(RICH)
    yield url
    administer(server_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def administer(server_url: str, command: sql.Composed) -> None:
    """Run a command that needs a connection of its own."""
    with psycopg.connect(server_url, autocommit=True) as conn:
        conn.execute(command)


def names_like(url: str) -> list[str]:
    """The databases of the server whose names begin as that of the URL."""
    with psycopg.connect(url) as conn:
        found = conn.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, current_database()) ORDER BY 1"
        )
        return [name for (name,) in found]


def count(url: str, table: str = "app.people") -> int:
    """The rows of a table."""
    with psycopg.connect(url) as conn:
        row = conn.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        assert row is not None
        return int(row[0])
