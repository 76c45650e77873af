"""
A service's life in short: random calls from threads and tasks, cancelled and cut off, for as long as one likes.

JANUA_SOAK_SECONDS says how long; without it, long enough to see that all of this works.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from uuid import uuid4

import psycopg
import psycopg_pool
import pytest
from janua import AsyncDatabase, Database, JanuaError, PoolOptions
from janua.database._async.session import AsyncSession
from janua.database._sync.session import Session
from psycopg.conninfo import make_conninfo

from tests.faults.servers import FaultServer
from tests.soak.calls import ASYNC_CALLS, CALLS, SCHEMA

SECONDS = float(os.environ.get("JANUA_SOAK_SECONDS", "3"))
IS_LONG = SECONDS >= 60
THREADS, TASKS, CONNECTIONS = 8, 16, 5
# What callers are told of what is done to them; anything else, ForeignRow above all, ends the run.
EXPECTED = (JanuaError, psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests, TimeoutError)
# Pools open a connection before the one that they give up is gone from the server's list.
SPARE = 4
GROWTH_MB = 4.0


class Life:
    """What happens while it lasts."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.ended = threading.Event()
        self.crash: BaseException | None = None
        self.memory_mb: list[float] = []
        self.connections: list[int] = []

    def note(self, error: BaseException | None) -> None:
        """Count an outcome; one that nothing announces ends it all."""
        if error is None or isinstance(error, (asyncio.CancelledError, *EXPECTED)):
            self.counts["answers" if error is None else type(error).__name__] += 1
        else:
            self.crash = error
            self.ended.set()


def threads_life(life: Life, db: Database) -> None:
    while not life.ended.is_set():
        try:
            random.choice(CALLS)(db, uuid4())
        except BaseException as error:
            life.note(error)
        else:
            life.note(None)


async def tasks_life(life: Life, url: str) -> None:
    async def one() -> None:
        while not life.ended.is_set():
            call = asyncio.ensure_future(random.choice(ASYNC_CALLS)(db, uuid4()))
            if random.random() < 0.2:
                await asyncio.sleep(random.random() * 0.01)
                call.cancel()
            # not awaited: that would raise a cancellation of the call here
            await asyncio.wait([call])
            life.note(asyncio.CancelledError() if call.cancelled() else call.exception())
            del call

    async with AsyncDatabase(url, pool=PoolOptions(max_size=CONNECTIONS)) as db:
        await asyncio.gather(*(one() for _ in range(TASKS)))
        assert (0, 0) == (db.pool_stats().busy, db.pool_stats().waiting)


def trouble(life: Life, url: str) -> None:
    """End a backend or cancel its statement, a few times a second, and look at how much there is of everything."""
    page = os.sysconf("SC_PAGE_SIZE")
    with psycopg.connect(url, autocommit=True) as administrator:
        while not life.ended.wait(0.2):
            how = random.choice(["terminate", "cancel"])
            administrator.execute(
                f"SELECT pg_{how}_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'app' ORDER BY random() LIMIT 1".encode()
            )
            life.counts[f"backends told to {how}"] += 1
            [count] = administrator.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'"
            ).fetchone() or [0]
            life.connections.append(count)
            gc.collect()
            life.memory_mb.append(int(Path("/proc/self/statm").read_text().split()[1]) * page / 2**20)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    from janua.embedded.distributions import distributions

    server = FaultServer(next(iter(distributions())))
    try:
        server.start()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(SCHEMA)
            connection.execute("CREATE ROLE app LOGIN; GRANT ALL ON tokens TO app")
        yield server
    finally:
        server.remove()


@contextmanager
def crowd(work: list[threading.Thread]) -> Iterator[None]:
    """Start them, and see that all of them end after the block."""
    for thread in work:
        thread.start()
    yield
    for thread in work:
        thread.join(60)
    assert [] == [thread.name for thread in work if thread.is_alive()], "a client is stuck"


def test_nothing_leaks_and_nobody_gets_what_is_not_his(
    server: FaultServer, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """No foreign row, no connection and no memory is left behind, whatever is cancelled or cut off."""
    life, url = Life(), make_conninfo(server.url, user="app")
    # pytest keeps records, and these hold the connections that they tell of
    caplog.set_level(logging.ERROR, "psycopg")

    def tasks() -> None:
        try:
            asyncio.run(tasks_life(life, url))
        except BaseException as error:
            life.note(error)

    with Database(url, pool=PoolOptions(max_size=CONNECTIONS)) as db:
        work = [threading.Thread(target=threads_life, args=(life, db), daemon=True) for _ in range(THREADS)]
        work += [threading.Thread(target=tasks, daemon=True)]
        work += [threading.Thread(target=trouble, args=(life, server.url), daemon=True)]
        with crowd(work):
            life.ended.wait(SECONDS)
            life.ended.set()
        assert (0, 0) == (db.pool_stats().busy, db.pool_stats().waiting)
    with capsys.disabled():
        print(f"\n{told(life)}")
    if life.crash is not None:
        raise life.crash
    assert 0 == connections_left(server)
    assert max(life.connections) <= 2 * CONNECTIONS + SPARE
    assert life.counts["answers"] > 0
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, (Session, AsyncSession))]
    assert [] == [each for each in kept if not each.closed]
    assert len(kept) <= 2 * CONNECTIONS + SPARE
    if IS_LONG:
        early, late = quarters(life.memory_mb)
        assert late <= early + GROWTH_MB, life.memory_mb


def quarters(series: list[float]) -> tuple[float, float]:
    """Return the medians of the second and of the last quarter: caches fill up in the first."""
    quarter = len(series) // 4
    return median(series[quarter : 2 * quarter]), median(series[-quarter:])


def told(life: Life) -> str:
    counts = ", ".join(f"{number} {what}" for what, number in life.counts.most_common())
    early, late = quarters(life.memory_mb)
    memory = f"{early:.1f} MB in the second quarter, {late:.1f} MB in the last"
    return f"{SECONDS:.0f} s: {counts}\nmemory: {memory}; at most {max(life.connections)} connections"


def connections_left(server: FaultServer) -> int:
    """Count those of the clients, when the server has had time to notice that they are closed."""
    deadline, count = time.monotonic() + 10, 1
    with psycopg.connect(server.url, autocommit=True) as connection, suppress(TimeoutError):
        while count and time.monotonic() < deadline:
            [count] = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'").fetchone() or [
                0
            ]
            time.sleep(0.05)
    return count
