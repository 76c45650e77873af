"""A call that is cancelled or interrupted ends in the server too, and its connection stays good or goes."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
import time

import pytest
from janua import AsyncDatabase, Database, PoolOptions, Query

SLEEP = Query[None]("sleep", "SELECT pg_sleep($1)", params=("double precision",))
INSERT = Query[None]("items.insert", "INSERT INTO items (id) VALUES ($1)", params=("integer",))
IDS = Query[int]("items.ids", "SELECT id FROM items ORDER BY id")
PID = Query[int]("pid", "SELECT pg_backend_pid()")
SLEEPING = Query[int](
    "sleeping",
    "SELECT count(*)::int FROM pg_stat_activity"
    " WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'",
)


async def test_a_cancelled_statement_ends_in_the_server(adb: AsyncDatabase) -> None:
    """Soon, and its connection works on."""
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await adb.execute(SLEEP, (30.0,))
    assert time.monotonic() - start < 5
    assert 0 == await adb.fetch_one(SLEEPING)
    assert 0 == adb.pool_stats().busy


async def test_a_second_cancellation_gives_the_connection_up(pg_url: str) -> None:
    """Nobody waits for a server that does not answer, and the pool opens another connection."""
    async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=1)) as adb:
        [backend] = await adb.fetch_all(PID)
        os.kill(backend, signal.SIGSTOP)
        try:
            sleeping = asyncio.create_task(adb.execute(SLEEP, (30.0,)))
            for _ in range(2):
                await asyncio.sleep(0.02)
                sleeping.cancel()
            done, _ = await asyncio.wait([sleeping], timeout=3)
            assert ({sleeping}, True) == (done, sleeping.cancelled())
            assert [backend] != await adb.fetch_all(PID)
        finally:
            os.kill(backend, signal.SIGCONT)


async def test_a_cancelled_transaction_is_rolled_back(adb: AsyncDatabase) -> None:
    """Wherever in its block it is."""

    async def work() -> None:
        async with adb.transaction() as tx, tx.transaction() as inner:
            await inner.execute(INSERT, (1,))
            await inner.execute(SLEEP, (30.0,))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await work()
    assert [] == await adb.fetch_all(IDS)
    assert 0 == adb.pool_stats().busy


async def test_a_cancellation_at_any_await_keeps_the_pool_whole(pg_url: str) -> None:
    """Of many tasks, cancelled at random moments, each has done all of its work or none."""
    chance = random.Random(7)
    async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=3)) as adb:
        await adb.raw("TRUNCATE items CASCADE")

        async def work(n: int) -> None:
            async with adb.transaction() as tx:
                await tx.execute(INSERT, (2 * n,))
                async with tx.transaction() as inner:
                    await inner.execute(INSERT, (2 * n + 1,))

        for start in range(0, 120, 6):
            tasks = [asyncio.create_task(work(n)) for n in range(start, start + 6)]
            await asyncio.sleep(chance.random() * 0.006)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        ids = set(await adb.fetch_all(IDS))
        assert all((n ^ 1) in ids for n in ids)
        assert 0 == adb.pool_stats().busy
        async with asyncio.timeout(5), adb.connection(), adb.connection(), adb.connection():
            assert 3 == adb.pool_stats().busy


async def test_a_task_cancelled_in_the_queue_takes_no_connection(pg_url: str) -> None:
    """The pool can still hand out its only one."""
    async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=1)) as adb:
        async with adb.connection():
            waiting = asyncio.create_task(adb.fetch_all(IDS))
            await asyncio.sleep(0.01)
            waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(5):
            await adb.fetch_all(IDS)


async def test_a_cancellation_that_comes_with_the_connection_counts(pg_url: str) -> None:
    """psycopg_pool waits by ``asyncio.wait_for``, which forgets it until Python 3.12."""
    async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=1)) as adb:
        async with adb.connection():
            waiting = asyncio.create_task(adb.execute(SLEEP, (30.0,)))
            await asyncio.sleep(0.05)
        waiting.cancel()
        done, _ = await asyncio.wait([waiting], timeout=2)
        assert {waiting} == done
        assert waiting.cancelled()
        await adb.fetch_all(IDS)


def test_an_interrupt_ends_the_statement_and_rolls_back(db: Database) -> None:
    """Ctrl-C in a blocking call."""
    timer = threading.Timer(0.1, signal.raise_signal, (signal.SIGINT,))
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        with db.transaction() as tx:
            tx.execute(INSERT, (1,))
            tx.execute(SLEEP, (30.0,))
    timer.join()
    assert time.monotonic() - start < 5
    assert [] == db.fetch_all(IDS)
    assert (0, 0) == (db.fetch_one(SLEEPING), db.pool_stats().busy)


async def test_tasks_may_share_a_transaction(adb: AsyncDatabase) -> None:
    """Their statements run one after the other, and each gets its own answer."""
    echo = Query[int]("echo", "SELECT $1::int", params=("integer",))
    async with adb.transaction() as tx:
        answers = await asyncio.gather(*(tx.fetch_one(echo, (n,)) for n in range(50)))
    assert list(range(50)) == answers


def test_threads_may_share_a_transaction(db: Database) -> None:
    """The same."""
    echo = Query[int]("echo", "SELECT $1::int", params=("integer",))
    wrong: list[int] = []
    with db.transaction() as tx:

        def ask(start: int) -> None:
            wrong.extend(n for n in range(start, start + 50) if tx.fetch_one(echo, (n,)) != n)

        threads = [threading.Thread(target=ask, args=(1000 * k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [] == wrong
