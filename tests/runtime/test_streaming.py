"""Rows one by one: however a stream ends, its connection is clean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
from janua import AlreadyClosed, AsyncDatabase, Database, ParameterError, PoolOptions, Query, TransactionError

NUMBERS = Query[int]("numbers", "SELECT n FROM generate_series(1, $1) AS n", params=("integer",), columns=("integer",))
COUNT = Query[int]("items.count", "SELECT count(*)::int FROM items", columns=("integer",))
INSERT = Query[None]("items.insert", "INSERT INTO items (id) VALUES ($1)", params=("integer",))
SLOW = Query[int]("slow", "SELECT n FROM generate_series(1, 300) AS n, pg_sleep(CASE n WHEN 150 THEN 30 ELSE 0 END)")
CURSORS = Query[int]("cursors", "SELECT count(*)::int FROM pg_cursors WHERE name LIKE 'janua%'")


async def every(rows: Any) -> list[Any]:
    """The rows of either twin."""
    return [each async for each in rows] if isinstance(rows, AsyncIterator) else list(rows)


async def some(rows: Any, count: int) -> list[Any]:
    """The first rows of either twin."""
    if isinstance(rows, AsyncIterator):
        return [await anext(rows) for _ in range(count)]
    return [next(rows) for _ in range(count)]


@pytest.mark.parametrize("last", [0, 1, 99, 100, 101, 2099, 2100, 2101, 5000])
async def test_all_rows_come_once_and_in_order(twin: Any, block: Any, last: int) -> None:
    """Whatever portions they are fetched in."""
    async with block(twin.stream(NUMBERS, (last,))) as rows:
        assert list(range(1, last + 1)) == await every(rows)
    assert 0 == twin.pool_stats().busy


async def test_rows_of_any_size_come_in_portions_that_fit(twin: Any, block: Any, settle: Any) -> None:
    """The first row is large: no more than a few of them are fetched at once."""
    large = Query[str]("large", "SELECT repeat('x', 300000) FROM generate_series(1, 230)", columns=("text",))
    async with block(twin.stream(large)) as rows:
        assert 230 == len(await every(rows))


async def test_what_is_left_early_is_given_back(twin: Any, block: Any, settle: Any) -> None:
    """And cannot be read any more."""
    async with block(twin.stream(NUMBERS, (10_000,))) as rows:
        assert [1, 2, 3] == await some(rows, 3)
        assert 1 == twin.pool_stats().busy
    assert 0 == twin.pool_stats().busy
    with pytest.raises(AlreadyClosed, match="numbers: the block in which its rows can be read has ended"):
        await every(rows)
    assert 0 == await settle(twin.fetch_one(CURSORS))


async def test_an_exception_leaves_the_connection_clean(twin: Any, block: Any, settle: Any) -> None:
    """In a transaction too, which goes on where the exception is caught."""
    async with block(twin.transaction()) as tx:
        await settle(tx.execute(INSERT, (1,)))
        with pytest.raises(ZeroDivisionError):
            async with block(tx.stream(NUMBERS, (10_000,))) as rows:
                await some(rows, 2)
                raise ZeroDivisionError
        assert 0 == await settle(tx.fetch_one(CURSORS))
    assert (1, 0) == (await settle(twin.fetch_one(COUNT)), twin.pool_stats().busy)


async def test_a_transaction_goes_on_between_the_rows(twin: Any, block: Any, settle: Any) -> None:
    """With statements and with other streams."""
    async with block(twin.transaction()) as tx, block(tx.stream(NUMBERS, (250,))) as rows:
        for n in await some(rows, 150):
            await settle(tx.execute(INSERT, (n,)))
        async with block(tx.stream(NUMBERS, (120,))) as others:
            assert 120 == len(await every(others))
        assert list(range(151, 251)) == await every(rows)
    assert 150 == await settle(twin.fetch_one(COUNT))


async def test_a_stream_ends_with_its_transaction(twin: Any, block: Any, settle: Any) -> None:
    """Which may end before the block does."""
    tx = await settle(twin.begin())
    async with block(tx.stream(NUMBERS, (250,))) as rows:
        await some(rows, 1)
        await settle(tx.commit())
        with pytest.raises(TransactionError):
            await every(rows)


async def test_a_connection_streams_in_its_own_transaction(twin: Any, block: Any, settle: Any) -> None:
    """Begun for the stream, or the one that is open."""
    async with block(twin.connection()) as connection:
        async with block(connection.stream(NUMBERS, (250,))) as rows:
            assert 250 == len(await every(rows))
        tx = await settle(connection.begin())
        async with block(connection.stream(NUMBERS, (250,))) as rows:
            assert 250 == len(await every(rows))
        await settle(tx.rollback())


async def test_an_error_of_the_server_names_the_query(twin: Any, block: Any, settle: Any) -> None:
    """When the row is reached that it is about."""
    query = Query[int]("odd", "SELECT 100 / ($1 - n) FROM generate_series(1, 500) AS n", params=("integer",))
    with pytest.raises(psycopg.errors.DivisionByZero) as caught:
        async with block(twin.stream(query, (300,))) as rows:
            assert 100 == len(await some(rows, 100))
            await every(rows)
    assert ["query: odd"] == caught.value.__notes__
    with pytest.raises(ParameterError):
        async with block(twin.stream(query, ("x\0",))):
            pass
    assert 0 == twin.pool_stats().busy


async def test_a_changed_column_is_read_as_what_it_is_now(twin: Any, block: Any, settle: Any) -> None:
    """Over and over, on the same connection."""
    query = Query[int]("items.ids", "SELECT id FROM items")
    await settle(twin.execute(INSERT, (7,)))
    for type_ in ("bigint", "smallint", "integer") * 3:
        await settle(twin.raw(f"ALTER TABLE items ALTER id TYPE {type_}"))
        async with block(twin.stream(query)) as rows:
            assert [7] == await every(rows)


async def test_a_cancelled_stream_ends_in_the_server(adb: AsyncDatabase) -> None:
    """Between rows or while the server works, in a transaction or not."""
    async with adb.stream(NUMBERS, (5000,)) as rows:
        await anext(rows)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), adb.stream(SLOW) as slow:
            _ = [each async for each in slow]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), adb.transaction() as tx, tx.stream(SLOW) as slow:
            _ = [each async for each in slow]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), adb.stream(NUMBERS, (5000,)) as rows:
            async for _ in rows:
                await asyncio.sleep(0.01)
    assert (0, 0) == (adb.pool_stats().busy, await adb.fetch_one(CURSORS))


async def test_a_lost_connection_is_an_error_and_no_end_of_the_rows(twin: Any, block: Any, settle: Any) -> None:
    """And the pool gets another."""
    with pytest.raises(psycopg.OperationalError):
        async with block(twin.transaction()) as tx, block(tx.stream(NUMBERS, (5000,))) as rows:
            await some(rows, 100)
            [pid] = await settle(tx.raw("SELECT pg_backend_pid() AS pid"))
            await settle(twin.raw("SELECT pg_terminate_backend($1, 5000)", (pid["pid"],)))
            await every(rows)
    assert (1, 0) == (await settle(twin.fetch_one(Query[int]("one", "SELECT 1"))), twin.pool_stats().busy)


def test_a_stream_needs_a_connection(pg_url: str) -> None:
    """Of its own: another statement on the database takes the next."""
    with Database(pg_url, pool=PoolOptions(max_size=1, timeout=0.2)) as db, db.stream(NUMBERS, (3,)) as rows:
        first: Iterator[int] = rows
        assert 1 == next(first)
        with pytest.raises(psycopg.OperationalError):
            db.fetch_one(COUNT)
        assert [2, 3] == list(rows)
