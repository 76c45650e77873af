"""
A role or a database may have settings of its own for how values are printed (ALTER DATABASE … SET).

What travels in PostgreSQL's binary form is the same under all of them. What is read as text is right, or refused with
the setting that is in the way.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from janua import Database, UnreadableValue, operations
from janua.errors import FactoryError
from janua.migrations import read_migrations
from janua.scratch import ScratchServer
from janua.seeds import Seeder
from psycopg import sql
from psycopg.conninfo import make_conninfo

import generated
from generated import factories

ROOT = Path(__file__).resolve().parents[2]
STYLES = {
    "DateStyle": "German, DMY",
    "IntervalStyle": "iso_8601",
    "bytea_output": "escape",
    "extra_float_digits": "-3",
    "TimeZone": "Asia/Kolkata",
    "xmlbinary": "hex",
}
USUAL = {"DateStyle": "ISO", "IntervalStyle": "postgres", "bytea_output": "hex", "extra_float_digits": "1"}
MOMENT = datetime(2024, 3, 4, 5, 6, 7, 89, tzinfo=UTC)


@pytest.fixture
def styled(scratch: ScratchServer) -> Iterator[str]:
    """The address of a database of the reference application with odd settings."""
    name = scratch.clone(scratch.migrated(read_migrations(ROOT / "migrations"), purpose="test", sealed=True))
    with psycopg.connect(scratch.url(name), autocommit=True) as connection:
        for setting, value in STYLES.items():
            command = sql.SQL("ALTER DATABASE {} SET {} = {}")
            connection.execute(command.format(sql.Identifier(name), sql.Identifier(setting), value))
    yield scratch.url(name)
    scratch.drop(name)


def usual(url: str) -> Database:
    """The same database in the usual styles."""
    return Database(make_conninfo(url, options=" ".join(f"-c {name}={value}" for name, value in USUAL.items())))


def listings() -> Iterator[tuple[str, Any]]:
    for module in pkgutil.iter_modules(generated.__path__, "generated."):
        found = getattr(importlib.import_module(module.name), "list_all", None)
        if found is not None:
            yield module.name, found


def test_rows_are_written_and_read_as_ever(styled: str) -> None:
    """Of every table, but for a time in one that has a column without a binary form."""
    seen, refused = 0, []
    with Database(styled) as odd, usual(styled) as plain:
        for factory in factories.ALL.values():
            with suppress(FactoryError, UnreadableValue):
                factory.make(odd, {})
        for name, list_all in listings():
            expected = list_all(plain)
            try:
                assert expected == list_all(odd), name
                seen += len(expected)
            except UnreadableValue as error:
                refused.append((name, "the database sets DateStyle; have connections" in str(error)))
    assert seen > 20
    assert [("generated.products", True)] == refused


def test_parameters_without_a_declared_type_arrive(styled: str) -> None:
    """Also where they travel as text, as those of raw may."""
    values = [date(2024, 3, 4), timedelta(days=40, microseconds=5), b"\x00\xff\\'", 0.1 + 0.2, MOMENT]
    query = "SELECT $1::date = '2024-03-04', $2::interval = '40 days 0.000005 s', $3::bytea = '\\x00ff5c27',"
    query += " $4::float8 = 0.30000000000000004, $5::timestamptz = '2024-03-04 05:06:07.000089+00'"
    with Database(styled) as odd:
        [row] = odd.raw(query, tuple(values))
    assert {True} == set(row.values())


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("date '2024-03-04'", date(2024, 3, 4)),
        ("timestamp '2024-03-04 05:06:07.000089'", MOMENT.replace(tzinfo=None)),
        ("ARRAY[date '2024-03-04']", [date(2024, 3, 4)]),
        ("'\\x00ff5c27'::bytea", b"\x00\xff\\'"),
        ("ARRAY['\\x00ff'::bytea]", [b"\x00\xff"]),
        ("timestamptz '2024-03-04 05:06:07.000089+00'", None),
        ("interval '1 day 2 seconds'", None),
        ("ARRAY[interval '1 day']", None),
    ],
)
def test_what_raw_reads_is_right_or_refused(expression: str, value: object, styled: str) -> None:
    """It reads texts, which are not always clear; then it says how they can be."""
    with Database(styled) as odd, usual(styled) as plain:
        if value is None:
            with pytest.raises(UnreadableValue, match="Style"):
                odd.raw(f"SELECT {expression} AS x")
            [row] = plain.raw(f"SELECT {expression} AS x")
            assert row["x"]
        else:
            assert [{"x": value}] == odd.raw(f"SELECT {expression} AS x")


def test_seeds_and_backups_are_the_same(styled: str, tmp_path: Path) -> None:
    """What a seed has made is proved by a restore."""
    with Database(styled) as odd:
        Seeder(odd, ROOT / "seeds").run("development")
    made = operations.backup(styled, tmp_path / "backup")
    assert made.rows > 10
    assert made.rows == operations.verify(tmp_path / "backup", styled).rows
