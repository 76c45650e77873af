"""Which indexes are superfluous, and which foreign keys lack one: each case in a schema of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

import psycopg
import pytest
from janua import Database
from janua.monitor import Monitor

from tests.faults.servers import FaultServer
from tests.monitor.conftest import fresh_database

T = TypeVar("T")

DUPLICATES = {
    "a prefix": ("CREATE INDEX one ON t (a); CREATE INDEX two ON t (a, b)", {("one", "two")}),
    "the same twice: the older stays": ("CREATE INDEX one ON t (a); CREATE INDEX two ON t (a)", {("two", "one")}),
    "beside the primary key": ("CREATE INDEX one ON t (id)", {("one", "t_pkey")}),
    "beside a unique one": ("CREATE INDEX one ON t (a); CREATE UNIQUE INDEX two ON t (a)", {("one", "two")}),
    "a unique prefix guarantees something": ("CREATE UNIQUE INDEX one ON t (a); CREATE INDEX two ON t (a, b)", set()),
    "two unique ones": ("CREATE UNIQUE INDEX one ON t (a); CREATE UNIQUE INDEX two ON t (a)", {("two", "one")}),
    "not the first column": ("CREATE INDEX one ON t (b); CREATE INDEX two ON t (a, b)", set()),
    "another order": ("CREATE INDEX one ON t (a DESC); CREATE INDEX two ON t (a, b)", set()),
    "another operator class": ("CREATE INDEX one ON t (c); CREATE INDEX two ON t (c text_pattern_ops, a)", set()),
    "another collation": ('CREATE INDEX one ON t (c COLLATE "C"); CREATE INDEX two ON t (c COLLATE "POSIX")', set()),
    "a condition": ("CREATE INDEX one ON t (a); CREATE INDEX two ON t (a, b) WHERE b > 0", set()),
    "the same condition": (
        "CREATE INDEX one ON t (a) WHERE b > 0; CREATE INDEX two ON t (a, b) WHERE b > 0",
        {("one", "two")},
    ),
    "another expression": ("CREATE INDEX one ON t (lower(c)); CREATE INDEX two ON t (upper(c))", set()),
    "the same expression": ("CREATE INDEX one ON t (lower(c)); CREATE INDEX two ON t (lower(c))", {("two", "one")}),
    "an expression behind a column": (
        "CREATE INDEX one ON t (a); CREATE INDEX two ON t (a, lower(c))",
        {("one", "two")},
    ),
    "a hash index has no prefix": ("CREATE INDEX one ON t USING hash (a); CREATE INDEX two ON t (a, b)", set()),
    "included columns": ("CREATE INDEX one ON t (a) INCLUDE (c); CREATE INDEX two ON t (a, b)", set()),
    "more included columns": ("CREATE INDEX one ON t (a); CREATE INDEX two ON t (a) INCLUDE (c)", {("one", "two")}),
    "a foreign key needs it": (
        "ALTER TABLE t ADD UNIQUE (a); CREATE UNIQUE INDEX two ON t (a); CREATE TABLE u (a int REFERENCES t (a))",
        {("two", "t_a_key")},
    ),
    "NULLs that are equal": (
        "CREATE UNIQUE INDEX one ON t (a) NULLS NOT DISTINCT; CREATE UNIQUE INDEX two ON t (a)",
        {("two", "one")},
    ),
}


FOREIGN_KEYS = {
    "none": ("", {"t_a_fkey"}),
    "the column": ("CREATE INDEX ON t (a)", set()),
    "first of several": ("CREATE INDEX ON t (a, b)", set()),
    "second of several": ("CREATE INDEX ON t (b, a)", {"t_a_fkey"}),
    "only included": ("CREATE INDEX ON t (b) INCLUDE (a)", {"t_a_fkey"}),
    "where it is not NULL": ("CREATE INDEX ON t (a) WHERE a IS NOT NULL", set()),
    "another condition": ("CREATE INDEX ON t (a) WHERE b > 0", {"t_a_fkey"}),
    "hashed": ("CREATE INDEX ON t USING hash (a)", set()),
    "brin": ("CREATE INDEX ON t USING brin (a)", {"t_a_fkey"}),
}


@pytest.fixture(scope="module")
def monitor(server: FaultServer) -> Iterator[Monitor]:
    """A monitor of a database with all cases."""
    with fresh_database(server) as url, psycopg.connect(url, autocommit=True) as conn:
        for name, (statements, _) in DUPLICATES.items():
            _enter(conn, name, "CREATE TABLE t (id int PRIMARY KEY, a int, b int, c text)", statements)
        for name, (statements, _) in FOREIGN_KEYS.items():
            tables = "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p, b int)"
            _enter(conn, f"key: {name}", tables, statements)
        with Database(url) as db:
            yield Monitor(db)


def _enter(conn: psycopg.Connection, schema: str, *statements: str) -> None:
    conn.execute(f'CREATE SCHEMA "{schema}"; SET search_path = "{schema}"'.encode())
    for statement in statements:
        conn.execute(statement.encode())


@pytest.fixture(scope="module")
def duplicates(monitor: Monitor) -> dict[str, set[tuple[str, str]]]:
    """The superfluous indexes of each schema, and what covers them."""
    return _by_schema((row.schema, (row.index, row.covered_by)) for row in monitor.duplicate_indexes())


@pytest.fixture(scope="module")
def lacking(monitor: Monitor) -> dict[str, set[str]]:
    """The foreign keys of each schema that lack an index."""
    return _by_schema((row.schema, row.constraint) for row in monitor.missing_foreign_key_indexes())


def _by_schema(found: Iterable[tuple[str, T]]) -> dict[str, set[T]]:
    by_schema: dict[str, set[T]] = defaultdict(set)
    for schema, row in found:
        by_schema[schema].add(row)
    return by_schema


@pytest.mark.parametrize("name", DUPLICATES)
def test_duplicate_indexes(name: str, duplicates: dict[str, set[tuple[str, str]]]) -> None:
    """Those without which nothing is slower, and nothing is guaranteed less."""
    assert DUPLICATES[name][1] == duplicates[name]


@pytest.mark.parametrize("name", FOREIGN_KEYS)
def test_foreign_keys_without_an_index(name: str, lacking: dict[str, set[str]]) -> None:
    """An index helps where it begins with the key's columns."""
    assert FOREIGN_KEYS[name][1] == lacking[f"key: {name}"]
