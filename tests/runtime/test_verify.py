"""What verify finds where a schema has changed under the generated code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from types import ModuleType
from uuid import uuid4

import psycopg
import pytest
from janua import AsyncDatabase, Clause, Database, Query, Types, Variants
from janua.builder import declare as q
from janua.query import CompositeType, EnumType
from psycopg.conninfo import make_conninfo

SCHEMA = """
CREATE TYPE state AS ENUM ('new', 'done');
CREATE TYPE place AS (x int, y int);
CREATE TABLE jobs (id int PRIMARY KEY, title text, state state NOT NULL, place place);
"""


class State(StrEnum):
    NEW = "new"
    DONE = "done"


class Place:
    """Any class."""


TYPES = Types(
    (EnumType("public.state", State), CompositeType("public.place", Place, (("x", "integer"), ("y", "integer"))))
)
JOBS = q.Definition(
    "public",
    "jobs",
    None,
    TYPES,
    (
        q.Declared("id", "id", "integer"),
        q.Declared("title", "title", "text", nullable=True),
        q.Declared("state", "state", "public.state"),
    ),
)
GENERATED = ModuleType("generated")
GENERATED.__dict__.update(
    GET=Query[object](
        "jobs.get",
        "SELECT id, state FROM jobs WHERE id = $1",
        params=("integer",),
        columns=("integer", "public.state"),
        row=tuple,
        types=TYPES,
    ),
    PLACES=Query[object]("jobs.places", "SELECT place FROM jobs", columns=("public.place",), types=TYPES),
    REMOVE=Query[None]("jobs.remove", "DELETE FROM jobs WHERE title = $1", params=("text",)),
    LOAD=Query[None]("jobs.load", "COPY jobs (id, title) FROM STDIN", params=("integer", "text")),
)


@pytest.fixture
def url(server_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database that fits, to be changed."""
    monkeypatch.setitem(sys.modules, "generated", GENERATED)
    name = f"janua_verify_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        made = make_conninfo(server_url, dbname=name)
        change(made, SCHEMA)
        yield made
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def change(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


def found(url: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the kinds of problems and the queries."""
    with Database(url) as database:
        return [(problem.kind, problem.queries) for problem in database.verify(GENERATED).problems]


def test_a_database_that_fits_has_no_problems(url: str) -> None:
    """All queries were looked at, and nothing was run."""
    change(url, "INSERT INTO jobs VALUES (1, 'keep', 'new')")
    with Database(url) as database:
        report = database.verify(GENERATED)
        assert (4, True, "the database fits the generated code: 4 queries") == (report.checked, report.ok, str(report))
        assert [{"n": 1}] == database.raw("SELECT count(*) AS n FROM jobs")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "ALTER TABLE jobs RENAME TO tasks",
            [("table", (f"jobs.{name}",)) for name in ("get", "load", "places", "remove")],
        ),
        ("ALTER TABLE jobs RENAME title TO name", [("column", ("jobs.load",)), ("column", ("jobs.remove",))]),
        ("ALTER TABLE jobs DROP place", [("column", ("jobs.places",))]),
        (
            "ALTER TABLE jobs ALTER id TYPE bigint",
            [("parameter", ("jobs.get",)), ("result", ("jobs.get",)), ("parameter", ("jobs.load",))],
        ),
        ("ALTER TABLE jobs ALTER title TYPE varchar(9)", [("parameter", ("jobs.load",))]),
        ("ALTER TYPE state ADD VALUE 'failed'", [("enum label", ("jobs.get",))]),
        ("ALTER TYPE state RENAME VALUE 'done' TO 'finished'", [("enum label", ("jobs.get",))] * 2),
        (
            "ALTER TYPE place RENAME ATTRIBUTE x TO easting",
            [("type", ("jobs.places",))],
        ),
        ("ALTER TYPE state RENAME TO status", [("result", ("jobs.get",)), ("type", ("jobs.get",))]),
    ],
)
def test_a_changed_schema_shows(url: str, sql: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    """With the queries that would break."""
    change(url, sql)
    assert expected == found(url)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE jobs ADD COLUMN more int", []),
        ("ALTER TABLE jobs RENAME title TO name", ["column"]),
        ("ALTER TABLE jobs ALTER title TYPE varchar(9)", ["result"]),
        ("ALTER TABLE jobs RENAME TO tasks", ["table"]),
        ("ALTER TABLE jobs ALTER state DROP NOT NULL", ["not null"]),
        ("ALTER TABLE jobs DROP CONSTRAINT jobs_pkey; ALTER TABLE jobs ALTER id DROP NOT NULL", ["not null"]),
        ("CREATE DOMAIN sure AS int NOT NULL; ALTER TABLE jobs DROP id; ALTER TABLE jobs ADD id sure", []),
    ],
)
def test_tables_of_the_builder_are_verified_too(
    url: str, sql: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are declared, NOT NULL included."""
    tables = ModuleType("tables")
    tables.__dict__["jobs"] = q.Table[object, object](JOBS)
    change(url, sql)
    monkeypatch.setitem(sys.modules, "tables", tables)
    with Database(url) as database:
        assert expected == [problem.kind for problem in database.verify(tables).problems]


def test_a_lost_not_null_names_the_queries_that_read_the_column(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that give its values unchanged."""
    monkeypatch.setitem(GENERATED.__dict__, "jobs", q.Table[object, object](JOBS))
    change(url, "ALTER TABLE jobs ALTER state DROP NOT NULL")
    with Database(url) as database:
        (problem,) = database.verify(GENERATED).problems
    assert ("jobs.get", "tables.jobs") == problem.queries
    assert "jobs.state may be NULL in the database, and is never None in the generated code" == problem.message


async def test_the_asynchronous_database_finds_the_same(url: str) -> None:
    """And the report reads as sentences."""
    change(url, "ALTER TABLE jobs DROP place")
    async with AsyncDatabase(url) as database:
        report = await database.verify(GENERATED)
    assert ("jobs.places",) == report.broken
    assert '1 of 4 queries would break:\n  column: jobs.places: column "place" does not exist' == str(report)


def test_nothing_stays_locked_and_the_connection_is_usable(url: str) -> None:
    """A migration can run at once."""
    with Database(url) as database:
        database.verify(GENERATED)
        change(url, "SET lock_timeout = '1s'; ALTER TABLE jobs ADD more int")
        assert [{"n": 0}] == database.raw("SELECT count(*) AS n FROM jobs")


def test_parts_that_may_be_left_out_are_looked_at_too(url: str) -> None:
    """What only one choice or one given parameter brings into the statement is missing all the same."""
    find = Variants(
        Query[int]("jobs.find", "", params=("text",), columns=("integer",)),
        ("title", "order_by"),
        (
            "SELECT id FROM jobs",
            Clause(" WHERE ", (("", "title = $1", ("title",)),), ""),
            Clause(" ORDER BY ", (("", "id", ("order_by=id",)), ("", "place", ("order_by=place",))), ""),
        ),
    )
    generated = ModuleType("generated_variants")
    generated.__dict__["FIND"] = find
    with pytest.MonkeyPatch.context() as patch, Database(url) as database:
        patch.setitem(sys.modules, generated.__name__, generated)
        assert (1, True) == ((report := database.verify(generated)).checked, report.ok)
        change(url, "ALTER TABLE jobs DROP title")
        assert ("jobs.find",) == database.verify(generated).broken
        change(url, "ALTER TABLE jobs ADD title text; ALTER TABLE jobs DROP place")
        assert ("jobs.find",) == database.verify(generated).broken
