"""Calls that share round trips: each gives what it gives alone."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from janua import AsyncDatabase, Database, NotFound, ParameterError, Query, SchemaDrift
from janua.query import EnumType, Types
from janua.types import OpenEnum

INSERT = Query[None]("items.insert", "INSERT INTO items (id, name) VALUES ($1, 'x')", params=("integer",))
IDS = Query[int]("items.ids", "SELECT id FROM items ORDER BY id", columns=("integer",))
GET = Query[str]("items.get", "SELECT name FROM items WHERE id = $1", params=("integer",), columns=("text",))
LATE = Query[None]("linked.insert", "INSERT INTO linked VALUES ($1)", params=("integer",))
DELETE = Query[None]("items.delete", "DELETE FROM items WHERE id = $1", params=("integer",))
SLEEP = Query[None]("sleep", "SELECT pg_sleep($1)", params=("double precision",))


async def test_what_returns_nothing_is_sent_with_what_returns(twin: Any, block: Any, settle: Any) -> None:
    """In the order of the calls, and at the end of the block."""
    async with block(twin.pipeline()) as pipeline:
        for n in range(1500):
            await settle(pipeline.execute(INSERT, (n,)))
        assert "x" == await settle(pipeline.fetch_one(GET, (1499,)))
        assert 1 == await settle(pipeline.affected(DELETE, (3,)))
        await settle(pipeline.execute(DELETE, (2,)))
        assert 1499 == len(await settle(twin.fetch_all(IDS)))
    assert 1498 == len(await settle(twin.fetch_all(IDS)))
    assert 0 == twin.pool_stats().busy


async def test_every_call_is_a_transaction_of_its_own(twin: Any, block: Any, settle: Any) -> None:
    """One that fails, at its COMMIT too, undoes no other; the next call that returns something tells."""
    async with block(twin.pipeline()) as pipeline:
        await settle(pipeline.execute(INSERT, (1,)))
        await settle(pipeline.execute(INSERT, (1,)))
        await settle(pipeline.execute(LATE, (77,)))
        await settle(pipeline.execute(INSERT, (2,)))
        with pytest.raises(psycopg.errors.UniqueViolation) as caught:
            await settle(pipeline.fetch_all(IDS))
        assert ["query: items.insert", "1 more statements of the pipeline failed"] == caught.value.__notes__
        assert [1, 2] == await settle(pipeline.fetch_all(IDS))
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as late:
        async with block(twin.pipeline()) as pipeline:
            await settle(pipeline.execute(LATE, (77,)))
    assert ["query: linked.insert"] == late.value.__notes__


async def test_a_value_that_fails_is_the_callers(twin: Any, block: Any, settle: Any) -> None:
    """NotFound, a wrong parameter: nothing else is harmed."""
    async with block(twin.pipeline()) as pipeline:
        await settle(pipeline.execute(INSERT, (1,)))
        with pytest.raises(ParameterError, match=r"items.insert takes 1 parameters, not 2"):
            await settle(pipeline.execute(INSERT, ("a", "b")))
        with pytest.raises(NotFound):
            await settle(pipeline.fetch_one(GET, (5,)))
        assert None is await settle(pipeline.fetch_optional(GET, (5,)))
        assert "x" == await settle(pipeline.fetch_one(GET, (1,)))
    assert [1] == await settle(twin.fetch_all(IDS))


async def test_in_a_transaction_it_is_part_of_it(twin: Any, block: Any, settle: Any) -> None:
    """Undone with it, and aborted by a failure."""
    with pytest.raises(ZeroDivisionError):
        async with block(twin.transaction()) as tx:
            async with block(tx.pipeline()) as pipeline:
                await settle(pipeline.execute(INSERT, (1,)))
                assert [1] == await settle(pipeline.fetch_all(IDS))
            raise ZeroDivisionError
    with pytest.raises(psycopg.errors.UniqueViolation):
        async with block(twin.transaction()) as tx, block(tx.pipeline()) as pipeline:
            for n in (1, 1, 2):
                await settle(pipeline.execute(INSERT, (n,)))
    assert [] == await settle(twin.fetch_all(IDS))


async def test_leaving_by_an_exception_sends_nothing_more(twin: Any, block: Any, settle: Any) -> None:
    """What was noted only is forgotten."""
    with pytest.raises(ZeroDivisionError):
        async with block(twin.pipeline()) as pipeline:
            await settle(pipeline.execute(INSERT, (1,)))
            await settle(pipeline.fetch_all(IDS))
            await settle(pipeline.execute(INSERT, (2,)))
            raise ZeroDivisionError
    assert [1] == await settle(twin.fetch_all(IDS))


async def test_streams_copies_and_batches_come_after_what_is_noted(twin: Any, block: Any, settle: Any) -> None:
    """They are what they are elsewhere."""
    copy = Query[None]("items.copy", "COPY items (id) FROM STDIN", params=("integer",))
    async with block(twin.pipeline()) as pipeline:
        await settle(pipeline.execute(INSERT, (1,)))
        assert ["x", None] == await settle(pipeline.batch_optional(GET, (1, 9)))
        await settle(pipeline.execute(INSERT, (2,)))
        assert 1 == await settle(pipeline.copy(copy, [3]))
        async with block(pipeline.stream(IDS)) as rows:
            found = [each async for each in rows] if hasattr(rows, "__anext__") else list(rows)
        assert [1, 2, 3] == found


async def test_calls_of_several_tasks_go_together(adb: AsyncDatabase) -> None:
    """Each gets its own value, or error."""
    for n in range(100):
        await adb.execute(INSERT, (n,))
    async with adb.pipeline() as pipeline:
        calls = (pipeline.fetch_one(GET, (n,)) for n in range(101))
        found = await asyncio.gather(*calls, return_exceptions=True)
    assert (["x"] * 100, NotFound) == (found[:100], type(found[100]))


def test_calls_of_several_threads_do_not_mix(db: Database) -> None:
    """Each gets its own value."""
    echo = Query[int]("echo", "SELECT $1::int", params=("integer",), columns=("integer",))
    with db.pipeline() as pipeline, ThreadPoolExecutor(8) as pool:
        start = threading.Barrier(8)

        def work(thread: int) -> list[int]:
            start.wait()
            return [pipeline.fetch_one(echo, (thread * 1000 + n,)) for n in range(100)]

        found = list(pool.map(work, range(8)))
    assert [[t * 1000 + n for n in range(100)] for t in range(8)] == found


async def test_a_cancelled_call_ends_and_the_others_are_told(adb: AsyncDatabase) -> None:
    """The connection is clean or gone."""
    async with adb.pipeline() as pipeline:
        slow = asyncio.create_task(pipeline.fetch_all(SLEEP, (30.0,)))
        beside = asyncio.create_task(pipeline.fetch_all(IDS))
        await asyncio.sleep(0.2)
        slow.cancel()
        found = await asyncio.gather(slow, beside, return_exceptions=True)
        assert asyncio.CancelledError is type(found[0])
        assert found[1] == [] or isinstance(found[1], psycopg.OperationalError)
        assert [] == await pipeline.fetch_all(IDS)
    assert 0 == adb.pool_stats().busy


async def test_a_cancelled_batch_is_undone(adb: AsyncDatabase) -> None:
    """As a whole, and its connection is clean."""
    wait = Query[None](
        "wait", "INSERT INTO items SELECT $1, 'x' FROM pg_sleep(0.01)", params=("integer",), columns=("integer",)
    )
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await adb.batch_execute(wait, range(1000))
    assert ([], 0) == (await adb.fetch_all(IDS), adb.pool_stats().busy)


async def test_a_lost_connection_is_told_to_all(twin: Any, block: Any, settle: Any) -> None:
    """And the pool gets another."""
    end = Query[bool]("end", "SELECT pg_terminate_backend(pg_backend_pid())", columns=("boolean",))
    with pytest.raises(psycopg.OperationalError):
        async with block(twin.pipeline()) as pipeline:
            await settle(pipeline.execute(INSERT, (1,)))
            await settle(pipeline.fetch_one(end))
    with pytest.raises(psycopg.OperationalError):
        await settle(twin.batch_all(Query[bool]("end", end.sql.replace("()", "() + $1"), params=("integer",)), [0, 0]))
    assert (1, 0) == (len(await settle(twin.fetch_all(IDS))), twin.pool_stats().busy)


async def test_a_type_that_is_made_anew_is_looked_up_again(twin: Any, block: Any, settle: Any) -> None:
    """As for a call alone."""

    class Fresh(OpenEnum):
        A = "a"

    query = Query[Fresh](
        "fresh", "SELECT ARRAY[$1::fresh]", params=("text",), columns=("public.fresh[]",),
        types=Types((EnumType("public.fresh", Fresh),)),
    )  # fmt: skip
    await settle(twin.raw("DROP TYPE IF EXISTS fresh"))
    for _ in range(2):
        await settle(twin.raw("CREATE TYPE fresh AS ENUM ('a')"))
        assert [[Fresh.A]] == await settle(twin.batch_one(query, ["a"]))
        await settle(twin.raw("DROP TYPE fresh"))
    with pytest.raises((SchemaDrift, psycopg.errors.UndefinedObject)):
        await settle(twin.batch_one(query, ["a"]))


async def test_a_time_limit_holds_in_every_kind_of_call(twin: Any, block: Any, settle: Any) -> None:
    """For each statement, and not for what follows it in the transaction."""
    nap = Query[str]("nap", "SELECT pg_sleep($1)::text", params=("double precision",), columns=("text",), timeout=0.1)
    show = Query[str]("show", "SELECT current_setting('statement_timeout')", columns=("text",))
    for method, arguments in (("batch_one", [0.0, 5.0]), ("fetch_one", (5.0,))):
        with pytest.raises(psycopg.errors.QueryCanceled):
            await settle(getattr(twin, method)(nap, arguments))
        with pytest.raises(psycopg.errors.QueryCanceled):
            async with block(twin.pipeline()) as pipeline:
                await settle(getattr(pipeline, method)(nap, arguments))
    async with block(twin.transaction()) as tx:
        before = await settle(tx.fetch_one(show))
        assert ["", ""] == await settle(tx.batch_one(nap, [0.0, 0.0]))
        assert before == await settle(tx.fetch_one(show))
    rows = Query[int]("rows", "SELECT n FROM generate_series(1, 500) AS n, pg_sleep(0.01 * (n % 2))", timeout=0.1)
    with pytest.raises(psycopg.errors.QueryCanceled):
        async with block(twin.stream(rows)) as stream:
            _ = [each async for each in stream] if hasattr(stream, "__anext__") else list(stream)
    assert 0 == twin.pool_stats().busy
