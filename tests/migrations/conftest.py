"""An empty database for a test, and a way to write migrations down as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, LiteralString, Protocol

import psycopg
import pytest
from janua.database import Database
from janua.migrations import Migration, read_migrations
from janua.scratch import ScratchServer, open_scratch

from ..conftest import Write

Migrations = Callable[..., list[Migration]]


@pytest.fixture(scope="session")
def empty_template(scratch: ScratchServer) -> str:
    """A database without anything in it."""
    return scratch.migrated([], purpose="empty")


@pytest.fixture
def conn(scratch: ScratchServer, empty_template: str) -> Iterator[psycopg.Connection]:
    """A connection to an empty database."""
    name = scratch.clone(empty_template)
    with psycopg.connect(scratch.url(name), autocommit=True) as conn:
        yield conn
    scratch.drop(name)


@pytest.fixture
def migrations(write: Write, tmp_path: Path) -> Migrations:
    """Write the texts into numbered files, in place of those that are there, and read them."""

    def migrations(*texts: str) -> list[Migration]:
        folder = tmp_path / "migrations"
        for path in folder.glob("*.sql"):
            path.unlink()
        for number, text in enumerate(texts, start=1):
            write(f"migrations/{number:04}_step.sql", text)
        return read_migrations(folder)

    return migrations


@pytest.fixture
def own_scratch(tmp_path: Path, scratch: ScratchServer) -> Iterator[ScratchServer]:
    """Scratch databases of a project of the test's own, on the same server; all dropped at the end."""
    with open_scratch(tmp_path, scratch.url("postgres")) as own:
        yield own
        for name in databases(own):
            own.drop(name)


def databases(scratch: ScratchServer) -> list[str]:
    """The project's databases on the server, in the order in which they were made."""
    with psycopg.connect(scratch.url("postgres")) as conn:
        rows = conn.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid", (scratch.prefix,)
        )
        return [name for (name,) in rows]


@pytest.fixture
def url(scratch: ScratchServer, empty_template: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = scratch.clone(empty_template)
    yield scratch.url(name)
    scratch.drop(name)


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """An empty database."""
    with Database(url) as db:
        yield db


@pytest.fixture
def folder(write: Write, tmp_path: Path) -> Callable[..., Path]:
    """Write files, given by their names and texts, and return their folder; those that were there are removed."""

    def folder(**texts: str) -> Path:
        found = tmp_path / "migrations"
        found.mkdir(exist_ok=True)
        for path in found.glob("*.sql"):
            path.unlink()
        for name, text in texts.items():
            write(f"migrations/{name.removeprefix('_')}.sql", text)
        return found

    return folder


class Rows(Protocol):
    """Asks a database for rows, on a connection of its own."""

    def __call__(self, sql: LiteralString) -> list[tuple[Any, ...]]: ...


@pytest.fixture
def rows(url: str) -> Rows:
    """Ask the empty database."""

    def rows(sql: LiteralString) -> list[tuple[Any, ...]]:
        with psycopg.connect(url, autocommit=True) as conn:
            return conn.execute(sql).fetchall()

    return rows
