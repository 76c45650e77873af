"""How an asynchronous connection waits: one watch on its socket, which nothing leaves behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psycopg
import pytest
from janua import AsyncDatabase, PoolOptions, Query
from janua.database._async.session import AsyncSession

Run = Callable[[Awaitable[Any]], Any]

PID = Query[int]("pid", "SELECT pg_backend_pid()")
SLEEP = Query[None]("sleep", "SELECT pg_sleep($1)", ("double precision",))
ECHO = Query[int]("echo", "SELECT $1::int", ("integer",), ("integer",))
NOTHING = Query[None]("nothing", "SELECT $1::int", ("integer",))


def _runners() -> list[Any]:
    runners = [pytest.param(asyncio.run, id="asyncio")]
    if sys.platform != "win32":
        uvloop = pytest.importorskip("uvloop")
        runners.append(pytest.param(uvloop.run, id="uvloop"))
    return runners


@pytest.fixture(params=_runners())
def run(request: pytest.FixtureRequest) -> Run:
    """What runs a coroutine on either loop."""
    runner: Run = request.param
    return runner


@pytest.fixture
async def session(pg_url: str) -> AsyncIterator[AsyncSession]:
    """A connection of its own."""
    connection = await AsyncSession.connect(pg_url, autocommit=True)
    yield connection
    await connection.close()


def test_many_tasks_share_a_pool(run: Run, pg_url: str) -> None:
    """Each gets its own answer, some of them are cancelled, and none is left behind."""

    async def work() -> None:
        async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=4)) as adb:
            sleeping = [asyncio.create_task(adb.execute(SLEEP, (30.0,))) for _ in range(2)]
            await asyncio.sleep(0.1)
            tasks = [asyncio.create_task(adb.fetch_one(ECHO, (n,))) for n in range(200)]
            assert list(range(200)) == await asyncio.gather(*tasks)
            for task in sleeping:
                task.cancel()
            await asyncio.gather(*sleeping, return_exceptions=True)
            assert all(task.cancelled() for task in sleeping)
            assert [7] * 8 == await asyncio.gather(*(adb.fetch_one(ECHO, (7,)) for _ in range(8)))
            assert 0 == adb.pool_stats().busy

    run(work())


def test_a_timeout_ends_the_statement_in_the_server(run: Run, pg_url: str) -> None:
    """And its connection goes on."""

    async def work() -> None:
        async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=1)) as adb:
            pid = await adb.fetch_one(PID)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await adb.execute(SLEEP, (30.0,))
            assert pid == await adb.fetch_one(PID)

    run(work())


def test_an_interrupt_ends_the_statement(run: Run, pg_url: str) -> None:
    """Ctrl-C, which cancels the main task."""
    ended: list[int] = []

    async def work() -> None:
        async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=1)) as adb:
            pid = await adb.fetch_one(PID)
            try:
                await adb.execute(SLEEP, (30.0,))
            finally:
                ended.append(pid - await adb.fetch_one(PID))

    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run(work())
    timer.join()
    assert [0] == ended


def test_a_killed_connection_fails_its_call_and_frees_the_socket(run: Run, pg_url: str) -> None:
    """The next connection may have a socket of the same number."""

    async def work() -> None:
        async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=2)) as adb:
            for _ in range(10):
                async with adb.connection() as victim:
                    pid = await victim.fetch_one(PID)
                    waiting = asyncio.create_task(victim.execute(SLEEP, (30.0,)))
                    await asyncio.sleep(0.01)
                    await adb.raw("SELECT pg_terminate_backend($1::int)", (pid,))
                    with pytest.raises(psycopg.OperationalError):
                        await waiting
                assert 3 == await adb.fetch_one(ECHO, (3,))

    run(work())


def test_connections_that_died_while_idle_cost_nothing(run: Run, pg_url: str) -> None:
    """The loop is not woken again and again by a socket that the server has closed."""

    async def work() -> None:
        async with AsyncDatabase(pg_url, pool=PoolOptions(min_size=2, max_size=2)) as adb:
            async with adb.connection() as one, adb.connection() as other:
                pids = [await one.fetch_one(PID), await other.fetch_one(PID)]
            async with await psycopg.AsyncConnection.connect(pg_url) as killer:
                await killer.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", (pids,))
            start = time.thread_time()
            await asyncio.sleep(0.3)
            assert time.thread_time() - start < 0.1
            assert [5] * 4 == await asyncio.gather(*(adb.fetch_one(ECHO, (5,)) for _ in range(4)))

    run(work())


def test_a_connection_may_move_to_another_loop(run: Run, pg_url: str) -> None:
    """When the first one has ended."""

    async def first() -> AsyncSession:
        session = await AsyncSession.connect(pg_url, autocommit=True)
        await session.execute("SELECT 1")
        return session

    async def second(session: AsyncSession) -> object:
        cursor = await session.execute("SELECT 2")
        await session.close()
        return await cursor.fetchone()

    assert (2,) == run(second(run(first())))


def test_a_transaction_dropped_while_open_is_rolled_back(run: Run, pg_url: str) -> None:
    """Its socket is closed, and no longer watched."""

    async def work() -> None:
        async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=1)) as adb:
            for n in range(5):
                transaction = await adb.begin()
                await transaction.execute(NOTHING, (n,))
                with pytest.warns(ResourceWarning, match="dropped while open"):
                    del transaction
                assert n == await adb.fetch_one(ECHO, (n,))

    run(work())


async def test_closing_fails_what_waits(session: AsyncSession) -> None:
    """At once, and says why."""
    waiting = asyncio.create_task(session.execute("SELECT 1 FROM pg_sleep(9)"))
    await asyncio.sleep(0.05)
    await session.close()
    with pytest.raises(psycopg.OperationalError, match="the connection is closed"):
        async with asyncio.timeout(5):
            await waiting


async def test_notices_between_statements_are_taken(session: AsyncSession, pg_url: str) -> None:
    """NOTIFY wakes an idle connection; the next statement sees it, and works."""
    heard: list[str] = []
    session.add_notify_handler(lambda notification: heard.append(notification.payload))
    await session.execute("LISTEN news")
    for n in range(3):
        async with await psycopg.AsyncConnection.connect(pg_url, autocommit=True) as other:
            await other.execute(f"NOTIFY news, '{n}'")
        await asyncio.sleep(0.01)
        await session.execute("SELECT 1")
    assert ["0", "1", "2"] == heard


async def test_psycopg_s_own_ways_work_on(session: AsyncSession) -> None:
    """COPY, pipelines and waiting for notifications, one after the other."""
    await session.execute("CREATE TEMP TABLE copied (n int)")
    for _ in range(2):
        async with session.cursor() as cursor, cursor.copy("COPY copied FROM STDIN") as copy:
            for n in range(5_000):
                await copy.write_row((n,))
        async with session.pipeline():
            cursors = [await session.execute("SELECT %s::int", (n,)) for n in range(50)]
        assert [(n,) for n in range(50)] == [await cursor.fetchone() for cursor in cursors]
        assert [] == [each async for each in session.notifies(timeout=0.01)]
    cursor = await session.execute("SELECT count(*) FROM copied")
    assert (10_000,) == await cursor.fetchone()


async def test_a_long_copy_lets_other_tasks_run(session: AsyncSession) -> None:
    """Though its rows never have to wait."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await session.execute("CREATE TEMP TABLE copied (n text)")
    async with session.cursor() as cursor, cursor.copy("COPY copied FROM STDIN") as copy:
        before = turns
        for _ in range(1_000):
            await copy.write("x" * 40_000 + "\n")
        assert turns - before >= 5
    counting.cancel()
