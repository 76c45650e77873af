"""Servers of every version that is here, with pg_stat_statements, and a database with something to find on each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from janua import Database
from janua.embedded.distributions import Distribution, distributions
from janua.monitor import Monitor
from psycopg.conninfo import make_conninfo

from tests.faults.servers import FaultServer

# One of each version is enough; the newest, where JANUA_FAULTS does not ask for all.
SERVERS = {each.major: each for each in reversed(list(distributions()))}
if "JANUA_FAULTS" not in os.environ:
    SERVERS = {max(SERVERS): SERVERS[max(SERVERS)]}
SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements",
    "track_io_timing": "on",
    "pg_stat_statements.track_utility": "on",
    "wal_level": "logical",
    "max_prepared_transactions": "5",
}


@pytest.fixture(scope="session", params=sorted(SERVERS), ids=lambda major: f"PostgreSQL {major}")
def server(request: pytest.FixtureRequest) -> Iterator[FaultServer]:
    """A running server of each version."""
    yield from running(SERVERS[request.param])


def running(distribution: Distribution) -> Iterator[FaultServer]:
    """Keep a server until it is not needed any more."""
    server = FaultServer(distribution, SETTINGS)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def url(server: FaultServer) -> Iterator[str]:
    """An empty database with the extension."""
    with fresh_database(server) as url:
        yield url


@contextmanager
def fresh_database(server: FaultServer) -> Iterator[str]:
    """Make such a database for a while."""
    name = f"monitored_{uuid4().hex[:12]}"
    url = make_conninfo(server.url, dbname=name)
    _administer(server.url, f"CREATE DATABASE {name}")
    _administer(url, 'CREATE SCHEMA "Extensions"', 'CREATE EXTENSION pg_stat_statements SCHEMA "Extensions"')
    yield url
    _administer(server.url, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement.encode())


@pytest.fixture
def conn(url: str) -> Iterator[psycopg.Connection]:
    """A connection beside the monitor's."""
    with psycopg.connect(url, autocommit=True, application_name="tester") as conn:
        yield conn


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """The database as a service has it."""
    with Database(url) as db:
        yield db


@pytest.fixture
def monitor(db: Database) -> Monitor:
    """The monitor of that database."""
    return Monitor(db)
