"""COPY of rows: what arrives is what an INSERT would have written, or nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from janua import AsyncDatabase, Database, ParameterError, Query, Transaction, TransactionError
from janua.query import CompositeType, DomainType, EnumType, FormType, Types
from janua.types import Interval
from psycopg.types.range import Range


class Mood(StrEnum):
    """The enum of the tests' schema."""

    SAD = "sad"
    OK = "ok"


class Level(IntEnum):
    """Numbers with names."""

    LOW = 1


@dataclass
class Point:
    """The composite of the tests' schema."""

    x: int | None
    y: int | None


@dataclass
class Item:
    """A row of the table items."""

    id: Any
    name: Any


TYPES = Types(
    (
        EnumType("public.mood", Mood),
        DomainType("public.tag", "text"),
        DomainType("public.numbers", "integer[]"),
        CompositeType("public.point2", Point, (("x", "integer"), ("y", "integer"))),
        FormType("interval", "interval"),
    )
)
ITEMS = Query[None](
    "items.copy", "COPY items (id, name) FROM STDIN", params=("integer", "text"), attributes=("id", "name")
)
COUNT = Query[int]("items.count", "SELECT count(*)::int FROM items", columns=("integer",))
ZONE = ZoneInfo("America/New_York")
WINTER = dt.datetime(2024, 1, 31, 23, 59, 59, 999999)
TRICKY = ["", "\\N", "\\.", "tab\there", "line\nend\r", "back\\slash", "\b\f\v", "ü€😀", '"', "'", "{}", "x" * 200_000]

VALUES: list[tuple[str, list[Any]]] = [
    ("smallint", [-(2**15), 2**15 - 1, True, Level.LOW]),
    ("integer", [-(2**31), 0, 2**31 - 1]),
    ("bigint", [-(2**63), 2**63 - 1]),
    ("oid", [0, 2**32 - 1]),
    ("real", [1.5, -0.0, float("inf"), float("nan"), 3]),
    ("double precision", [1e308, -1.5, float("-inf"), float("nan"), 3]),
    ("numeric", [Decimal("1.50"), Decimal("-0.001"), 10**30, Decimal("NaN"), 1.1, Decimal("1E+5"), True]),
    ("boolean", [True, False]),
    ("text", [*TRICKY, Mood.OK]),
    ("character varying", TRICKY),
    ("bpchar", ["abc", ""]),
    ("bytea", [b"", b"\0\xff", bytearray(b"x"), memoryview(b"yz")]),
    ("uuid", [UUID(int=0), UUID(int=2**128 - 1)]),
    ("date", [dt.date(1, 1, 1), dt.date(2000, 1, 1), dt.date(9999, 12, 31)]),
    ("time without time zone", [dt.time(0), dt.time(23, 59, 59, 999999)]),
    ("time with time zone", [dt.time(1, 2, 3, 4, dt.UTC), dt.time(1, tzinfo=dt.timezone(dt.timedelta(hours=-5)))]),
    ("timestamp without time zone", [dt.datetime(1, 1, 1), WINTER]),
    ("timestamp with time zone", [WINTER.replace(tzinfo=dt.UTC), WINTER.replace(tzinfo=ZONE)]),
    ("interval", [dt.timedelta(-1, 5, 7), dt.timedelta(0), Interval(14, -3, 5)]),
    ("json", [{"a": [1, None]}, [], "x", 1.5, False]),
    ("jsonb", [{"a": [1, None]}, [], "x", 1.5, False]),
    ("inet", [ip_address("10.0.0.1"), ip_interface("10.0.0.1/8"), ip_address("::1"), "10.1.2.3/24"]),
    ("cidr", [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]),
    ("public.mood", [Mood.OK, "sad"]),
    ("public.tag", ["a", "b\\"]),
    ("public.numbers", [[1, None], []]),
    ("integer[]", [[], [1, None, 3], [[1, 2], [3, 4]], (5,)]),
    ("text[]", [TRICKY, [None, "NULL"]]),
    ("jsonb[]", [[{"a": 1}, [1], None]]),
    ("timestamp with time zone[]", [[WINTER.replace(tzinfo=dt.UTC)]]),
    ("public.mood[]", [[Mood.SAD, None], []]),
    ("public.tag[]", [["a", "b,"]]),
    ("public.point2", [Point(1, None), Point(None, None)]),
    ("public.point2[]", [[Point(1, 2), None]]),
    ("int4range", [Range(1, 5), Range(empty=True)]),
    ("tstzrange", [Range(WINTER.replace(tzinfo=dt.UTC), None)]),
    ("point", ["(1,2)"]),
    ("tsvector", ["'a':1 'b':2"]),
    ("money", ["$1.00"]),
    ("bit varying", ["0101", ""]),
    ("macaddr", ["08:00:2b:01:02:03"]),
    ("xml", []),
]


@pytest.mark.parametrize(("type_name", "values"), VALUES, ids=lambda each: each if isinstance(each, str) else "")
async def test_a_copied_value_is_the_inserted_one(twin: Any, settle: Any, type_name: str, values: list[Any]) -> None:
    """Of every type, in binary or in text, NULL among them."""
    values = [None, *values]
    await settle(twin.raw(f"DROP TABLE IF EXISTS copied; CREATE TABLE copied (n serial, v {type_name})"))
    insert = Query[None]("insert", "INSERT INTO copied (v) VALUES ($1)", params=(type_name,), types=TYPES)
    for value in values:
        await settle(twin.execute(insert, (value,)))
    inserted = await settle(twin.raw("SELECT v::text AS v, pg_typeof(v)::text FROM copied ORDER BY n"))
    await settle(twin.raw("TRUNCATE copied"))
    copy = Query[None]("copy", "COPY copied (v) FROM STDIN", params=(type_name,), types=TYPES)
    assert len(values) == await settle(twin.copy(copy, values))
    assert inserted == await settle(twin.raw("SELECT v::text AS v, pg_typeof(v)::text FROM copied ORDER BY n"))


WRONG: list[tuple[str, Any, str]] = [
    ("smallint", 2**15, "the number is not between -32768 and 32767"),
    ("integer", 1.5, "it needs an int, not float"),
    ("integer", "1", "it needs int, not str"),
    ("real", 1e39, "too large for the type real"),
    ("double precision", "x", "it needs a float, not str"),
    ("numeric", "1", "it needs a Decimal, not str"),
    ("boolean", 1, "it needs bool, not int"),
    ("text", 5, "it needs a str, not int"),
    ("text", "a\0b", "a text cannot contain NUL"),
    ("text", "\ud800", "the text contains a surrogate that has no UTF-8 form"),
    ("text[]", ["\ud800"], "the text contains a surrogate that has no UTF-8 form"),
    ("text[]", "ab", "an array needs a list or another sequence, not str"),
    ("integer[]", [[1, 2], [3]], "the lists in a list are of different lengths"),
    ("bytea", "x", "it needs bytes, not str"),
    ("uuid", 5, "it needs UUID, not int"),
    ("date", WINTER, "a datetime would lose its time"),
    ("timestamp with time zone", WINTER, "it needs a time zone"),
    ("timestamp without time zone", WINTER.replace(tzinfo=dt.UTC), "has no time zone"),
    ("jsonb", float("nan"), "JSON has no NaN"),
    ("inet", "nonsense", "it is no address"),
    ("public.mood", 5, "it needs a str, not int"),
    ("point", object(), "there is no PostgreSQL form for values of this class"),
]


@pytest.mark.parametrize(("type_name", "value", "reason"), WRONG)
async def test_a_wrong_value_is_named_by_row_and_column(
    twin: Any, settle: Any, type_name: str, value: Any, reason: str
) -> None:
    """And nothing of the rows before it is there."""
    await settle(twin.raw(f"DROP TABLE IF EXISTS copied; CREATE TABLE copied (id int, v {type_name})"))
    copy = Query[None](
        "copy", "COPY copied (id, v) FROM STDIN", params=("integer", type_name), attributes=("id", "name"), types=TYPES
    )
    rows = [Item(n, None) for n in range(1200)] + [Item(5, value)]
    with pytest.raises(ParameterError) as caught:
        await settle(twin.copy(copy, rows))
    message = str(caught.value)
    assert (True, True) == (message.startswith(f"copy: row 1201: name ({type_name}) cannot be sent"), reason in message)
    if isinstance(value, str) and len(value) > 2:
        assert value not in message.removesuffix(reason)
    assert [] == await settle(twin.raw("SELECT * FROM copied"))
    assert 0 == twin.pool_stats().busy


async def test_the_count_is_of_what_the_table_took(twin: Any, settle: Any) -> None:
    """A trigger may leave rows out."""
    await settle(
        twin.raw(
            "DROP TABLE IF EXISTS even; CREATE TABLE even (n int);"
            "CREATE OR REPLACE FUNCTION only_even() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN IF NEW.n % 2 = 0 THEN RETURN NEW; END IF; RETURN NULL; END$$;"
            "CREATE TRIGGER only_even BEFORE INSERT ON even FOR EACH ROW EXECUTE FUNCTION only_even()"
        )
    )
    copy = Query[None]("even.copy", "COPY even (n) FROM STDIN", params=("integer",))
    assert 500 == await settle(twin.copy(copy, range(1000)))


async def test_what_the_server_refuses_undoes_all(twin: Any, settle: Any) -> None:
    """Its error names the query."""
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        await settle(twin.copy(ITEMS, [Item(n % 5000, "x") for n in range(5001)]))
    assert ["query: items.copy"] == caught.value.__notes__
    assert (0, 0) == (await settle(twin.fetch_one(COUNT)), twin.pool_stats().busy)


async def test_an_error_of_the_rows_undoes_all(twin: Any, settle: Any) -> None:
    """And is the one that is raised, whose text the server never sees."""

    def rows() -> Iterator[Item]:
        yield from (Item(n, "x") for n in range(5000))
        raise LookupError("secret")

    with pytest.raises(LookupError, match="secret"):
        await settle(twin.copy(ITEMS, rows()))
    assert (0, 0) == (await settle(twin.fetch_one(COUNT)), twin.pool_stats().busy)


async def test_a_transaction_goes_on_after_it(twin: Any, block: Any, settle: Any) -> None:
    """It is part of it."""
    async with block(twin.transaction()) as tx:
        assert 2 == await settle(tx.copy(ITEMS, [Item(1, "a"), Item(2, None)]))
        assert 2 == await settle(tx.fetch_one(COUNT))
        with pytest.raises(ParameterError):
            async with block(tx.transaction()) as nested:
                await settle(nested.copy(ITEMS, [Item("x", "a")]))
        assert 1 == await settle(tx.copy(ITEMS, [Item(3, "a")]))
    assert 3 == await settle(twin.fetch_one(COUNT))


def ended_first(tx: Transaction) -> Iterator[Item]:
    """Rows of a transaction that ends before them."""
    tx.commit()
    yield Item(1, "x")


def test_nothing_else_runs_on_the_connection_meanwhile(db: Database) -> None:
    """Rows that are read on it would wait for themselves."""
    refusal = r"items.count cannot run while items.copy copies rows"
    with pytest.raises(TransactionError, match=refusal), db.transaction() as tx:
        tx.copy(ITEMS, (Item(tx.fetch_one(COUNT), "x") for _ in range(3)))
    refusal = r"a transaction's command cannot run while items.copy copies rows"
    with pytest.raises(TransactionError, match=refusal), db.transaction() as tx:
        tx.copy(ITEMS, ended_first(tx))
    with db.transaction() as tx:
        assert 3 == tx.copy(ITEMS, (Item(db.fetch_one(COUNT) + n, "x") for n in range(3)))


async def test_rows_may_be_streamed_from_elsewhere(adb: AsyncDatabase) -> None:
    """In constant memory at both ends."""
    numbers = Query[int]("numbers", "SELECT n FROM generate_series(1, 5000) AS n", columns=("integer",))

    async def rows() -> AsyncIterator[Item]:
        async with adb.stream(numbers) as stream:
            async for n in stream:
                yield Item(n, "x")

    assert 5000 == await adb.copy(ITEMS, rows())


async def test_a_cancelled_copy_leaves_nothing(adb: AsyncDatabase) -> None:
    """And a clean connection."""

    async def rows() -> AsyncIterator[Item]:
        for n in range(1_000_000):
            yield Item(n, "x" * 1000)
            if n > 3000:
                await asyncio.sleep(0.01)

    start = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await adb.copy(ITEMS, rows())
    assert time.monotonic() - start < 5
    assert (0, 0) == (await adb.fetch_one(COUNT), adb.pool_stats().busy)


async def test_a_lost_connection_is_an_error(twin: Any, block: Any, settle: Any, pg_url: str) -> None:
    """Of psycopg's, and the pool gets another."""
    async with block(twin.connection()) as connection:
        [found] = await settle(connection.raw("SELECT pg_backend_pid() AS pid"))

        def rows() -> Iterator[Item]:
            yield Item(1, "x")
            with psycopg.connect(pg_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (found["pid"],))
            yield from (Item(n, "x" * 10_000) for n in range(2, 5000))

        with pytest.raises(psycopg.OperationalError):
            await settle(connection.copy(ITEMS, rows()))
    assert (0, 0) == (await settle(twin.fetch_one(COUNT)), twin.pool_stats().busy)


def test_a_blocking_database_takes_no_asynchronous_rows(db: Database) -> None:
    """It says so."""

    async def rows() -> AsyncIterator[Item]:
        yield Item(1, "x")

    with pytest.raises(TypeError, match="a blocking database takes an iterable"):
        db.copy(ITEMS, rows())
