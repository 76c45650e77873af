"""Many callers on few connections: threads, tasks, and event loops."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import psycopg
import pytest
import uvloop
from janua import AsyncDatabase, Database, PoolOptions, PoolStats, Query, WrongEventLoop

PID = Query[int]("pid", "SELECT pg_backend_pid()")
THREADS = 32
CALLS = 150


def test_threads_take_turns(pg_url: str) -> None:
    """Of 32 on 8 connections, the slowest has made its share when the first has finished."""
    done = [0] * THREADS
    shares: list[int] = []
    together = threading.Barrier(THREADS)

    def work(number: int, database: Database) -> None:
        together.wait()
        for _ in range(CALLS):
            database.fetch_one(PID)
            done[number] += 1
        if not shares:
            shares.append(min(done))

    with Database(pg_url, application_name="turns", pool=PoolOptions(max_size=8)) as database:
        threads = [threading.Thread(target=work, args=(number, database)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with psycopg.connect(pg_url) as connection:
            sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'turns'"
            assert (connection.execute(sql).fetchone() or (99,))[0] <= 8
        assert 0 == database.pool_stats().busy
    assert [CALLS] * THREADS == done
    assert shares[0] >= CALLS // 5


async def many_calls(url: str) -> PoolStats:
    async with AsyncDatabase(url, pool=PoolOptions(max_size=8)) as database:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(database.fetch_one(PID)) for _ in range(500)]
        assert len({task.result() for task in tasks}) <= 8
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await database.raw("SELECT pg_sleep(60)")
        await database.fetch_one(PID)
        return database.pool_stats()


@pytest.mark.parametrize("loop", [asyncio.SelectorEventLoop, uvloop.new_event_loop])
def test_tasks_take_turns(pg_url: str, loop: Any) -> None:
    """On either event loop; a call that is given up frees its connection."""
    with asyncio.Runner(loop_factory=loop) as runner:
        stats = runner.run(many_calls(pg_url))
    assert (0, 0) == (stats.busy, stats.waiting)


def test_another_event_loop_is_refused(pg_url: str) -> None:
    """The error says what to do."""
    database = AsyncDatabase(pg_url)

    async def use() -> int:
        return await database.fetch_one(PID)

    async def close() -> None:
        await database.close()

    with asyncio.Runner() as own, asyncio.Runner() as other:
        assert own.run(use()) > 0
        for call in (use, close):
            with pytest.raises(WrongEventLoop, match=r"opened in another event loop.*make one AsyncDatabase for each"):
                other.run(call())
        assert own.run(use()) > 0
        own.run(close())
