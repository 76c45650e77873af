"""A database for the runtime's tests, and both classes on it: blocking and asynchronous."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from inspect import isawaitable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from janua import AsyncDatabase, Database
from janua.embedded.postgres import serve
from janua.scratch import ScratchServer
from psycopg.conninfo import make_conninfo

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy');
CREATE DOMAIN tag AS text CHECK (value <> '');
CREATE DOMAIN settings AS jsonb;
CREATE DOMAIN numbers AS int[];
CREATE DOMAIN words AS text[];
CREATE TYPE point2 AS (x int, y int);
CREATE TYPE visit AS (at timestamptz, feeling mood, place point2, notes jsonb, tags text[]);
CREATE TYPE floatrange AS RANGE (subtype = float8);
CREATE TABLE items (id int PRIMARY KEY, name text);
CREATE TABLE linked (id int REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED);
"""


@pytest.fixture(scope="session")
def server_url(scratch: ScratchServer) -> str:
    """The address of a server where databases may be made."""
    return scratch.url("postgres")


@pytest.fixture(scope="session")
def guarded_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address, for a role whose password is asked for, of a server that asks."""
    with (
        serve(tmp_path_factory.mktemp("guarded")) as server,
        psycopg.connect(server.url, autocommit=True) as connection,
    ):
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        [file] = connection.execute("SHOW hba_file").fetchone() or [""]
        rules = Path(file)
        rules.write_text(f"local all guarded scram-sha-256\n{rules.read_text()}")
        connection.execute("SELECT pg_reload_conf()")
        url = make_conninfo(server.url, user="guarded")
        while _lets_in(url):
            # The signal to read the rules again takes a moment to arrive.
            time.sleep(0.01)
        yield url


def _lets_in(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def pg_url(server_url: str) -> Iterator[str]:
    """A database of these tests' own, with some types and tables."""
    name = f"janua_runtime_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        url = make_conninfo(server_url, dbname=name)
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(SCHEMA)
        yield url
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def shared_db(pg_url: str) -> Iterator[Database]:
    """A database for tests that change nothing."""
    with Database(pg_url) as database:
        # The pool connects in a thread, which draws a random delay: hypothesis would take that for a strategy's.
        database.raw("SELECT 1")
        yield database


@pytest.fixture
def db(pg_url: str) -> Iterator[Database]:
    """A blocking database with empty tables."""
    with Database(pg_url) as database:
        database.raw("TRUNCATE items CASCADE")
        yield database


@pytest.fixture
async def adb(pg_url: str) -> AsyncIterator[AsyncDatabase]:
    """An asynchronous database with empty tables."""
    async with AsyncDatabase(pg_url) as database:
        await database.raw("TRUNCATE items CASCADE")
        yield database


@pytest.fixture(params=["blocking", "asynchronous"])
def twin(request: pytest.FixtureRequest) -> Any:
    """Either of the two, for tests that hold for both: see ``settle`` and ``block``."""
    return request.getfixturevalue("db" if request.param == "blocking" else "adb")


@pytest.fixture(params=["blocking", "asynchronous"])
def twin_class(request: pytest.FixtureRequest) -> Any:
    """Either of the two classes."""
    return Database if request.param == "blocking" else AsyncDatabase


@pytest.fixture(scope="session")
def settle() -> Callable[[Any], Awaitable[Any]]:
    """What awaits a twin's answer where it is not there yet."""

    async def settle(answer: Any) -> Any:
        return await answer if isawaitable(answer) else answer

    return settle


@pytest.fixture(scope="session")
def block() -> Callable[[Any], AbstractAsyncContextManager[Any]]:
    """What enters a twin's context manager, of either kind."""

    @asynccontextmanager
    async def block(context: Any) -> AsyncIterator[Any]:
        if hasattr(context, "__aenter__"):
            async with context as value:
                yield value
        else:
            with context as value:
                yield value

    return block
