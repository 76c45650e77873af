"""Streams, copies, batches and pipelines that are cut short: done or not done, and the connection clean."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from janua import AsyncDatabase, Coro, Database, PoolOptions, Query

COPY = Query[None]("items.copy", "COPY items (id) FROM STDIN", params=("integer",))
INSERT = Query[None]("items.insert", "INSERT INTO items (id) VALUES ($1)", params=("integer",))
ADD = Query[int]("items.add", "INSERT INTO items (id) VALUES ($1) RETURNING id", params=("integer",))
IDS = Query[int]("items.ids", "SELECT id FROM items ORDER BY id")
NUMBERS = Query[int]("numbers", "SELECT n FROM generate_series(1, 450) AS n")
NAP = Query[str]("nap", "SELECT pg_sleep($1)::text", params=("double precision",))
NAPS = Query[int]("naps", "SELECT n FROM generate_series(1, 500) AS n, pg_sleep(0.05 * (n % 2))")

Work = Callable[[AsyncDatabase], Coro[None]]


async def streamed(db: AsyncDatabase) -> None:
    """Read while writing, in one transaction."""
    async with db.transaction() as tx:
        await tx.execute(INSERT, (0,))
        async with tx.stream(NUMBERS) as rows:
            async for n in rows:
                if n % 150 == 0:
                    await tx.execute(INSERT, (n,))


async def streamed_alone(db: AsyncDatabase) -> None:
    """Read on a connection of its own."""
    async with db.stream(NUMBERS) as rows:
        assert 450 == len([n async for n in rows])


async def copied(db: AsyncDatabase) -> None:
    """Three portions of rows, of which each has to be waited for."""

    async def rows() -> AsyncIterator[int]:
        for n in range(1200):
            if n % 500 == 0:
                await asyncio.sleep(0)
            yield n

    await db.copy(COPY, rows())


async def batched(db: AsyncDatabase) -> None:
    """Several sets, all or none."""
    await db.batch_one(ADD, range(300))


async def piped(db: AsyncDatabase) -> None:
    """Several calls in a transaction."""
    async with db.transaction() as tx, tx.pipeline() as pipeline:
        for n in range(4):
            await pipeline.execute(INSERT, (n,))
        await asyncio.gather(*(pipeline.fetch_one(ADD, (n,)) for n in range(10, 14)))
        await pipeline.execute(INSERT, (20,))


@pytest.mark.parametrize(
    ("work", "done"),
    [
        (streamed, [0, 150, 300, 450]),
        (streamed_alone, []),
        (copied, list(range(1200))),
        (batched, list(range(300))),
        (piped, [0, 1, 2, 3, 10, 11, 12, 13, 20]),
    ],
)
async def test_a_cancellation_at_every_step_does_all_or_nothing(pg_url: str, work: Work, done: list[int]) -> None:
    """On one connection, which is never stuck."""
    async with AsyncDatabase(pg_url, pool=PoolOptions(max_size=1, timeout=5)) as adb:
        for step in range(400):
            await adb.raw("TRUNCATE items CASCADE")
            task = asyncio.create_task(work(adb))
            for _ in range(step):
                await asyncio.sleep(0)
            was_finished = task.done()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            found = await adb.fetch_all(IDS)
            assert found in ([], done)
            assert 0 == adb.pool_stats().busy
            if was_finished:
                break
        await adb.raw("TRUNCATE items CASCADE")
        await work(adb)
        assert done == await adb.fetch_all(IDS)


@pytest.mark.parametrize("kind", ["stream", "copy", "batch", "pipeline"])
def test_an_interrupt_ends_what_runs_in_the_server(db: Database, kind: str) -> None:
    """Ctrl-C in a blocking call; nothing of it is there."""

    def slow_rows() -> Iterator[int]:
        yield from range(3000)
        time.sleep(30)
        yield 1

    def work() -> None:
        match kind:
            case "stream":
                with db.stream(NAPS) as rows:
                    list(rows)
            case "copy":
                db.copy(COPY, slow_rows())
            case "batch":
                db.batch_one(NAP, [0.0, 30.0, 0.0])
            case _:
                with db.transaction() as tx, tx.pipeline() as pipeline:
                    pipeline.execute(INSERT, (1,))
                    pipeline.fetch_one(NAP, (30.0,))

    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT))
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        work()
    timer.join()
    assert time.monotonic() - start < 5
    assert ([], 0) == (db.fetch_all(IDS), db.pool_stats().busy)


STREAMING = """
import resource, sys
from janua import Database, Query

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

query = Query("wide", "SELECT n, repeat('x', 100) FROM generate_series(1, 1000000) AS n", row=lambda n, text: (n, text))
with Database(sys.argv[1]) as db:
    db.fetch_one(Query("one", "SELECT 1"))
    base = peak()
    with db.stream(query) as rows:
        assert sum(1 for _ in rows) == 1_000_000
print((peak() - base) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is another elsewhere")
def test_a_million_rows_need_no_memory_to_speak_of(pg_url: str) -> None:
    """Megabytes that a process grows by, of which a portion of rows is one."""
    done = subprocess.run([sys.executable, "-c", STREAMING, pg_url], capture_output=True, text=True)
    assert (0, "") == (done.returncode, done.stderr)
    assert int(done.stdout) < 30
