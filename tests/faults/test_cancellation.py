"""A task is cancelled at every place where it waits, one after the other, and once more while it cleans up."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from janua import AsyncDatabase, AsyncTransaction, Database, PoolOptions, Query

from tests.faults.ledger import RECORD, async_transfer, transfer
from tests.faults.proxy import Proxy
from tests.faults.servers import FaultServer
from tests.faults.stepping import CancelledAt

SLEEP = Query[None]("sleep", "SELECT pg_sleep(0.002)")
LONG = Query[None]("long", "SELECT pg_sleep(30)")
PID = Query[int]("pid", "SELECT pg_backend_pid()")
ONE = Query[int]("one", "SELECT 1")
IN_TRANSACTION = Query[int](
    "in_transaction",
    "SELECT count(*)::int FROM pg_stat_activity"
    " WHERE usename = 'app' AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()",
)


async def call(db: AsyncDatabase, run: UUID) -> None:
    await db.execute(RECORD, (run,))


async def transaction(db: AsyncDatabase, run: UUID) -> None:
    async with db.transaction() as tx:
        await async_transfer(tx, run)
        await tx.execute(SLEEP)


async def certain_transaction(db: AsyncDatabase, run: UUID) -> None:
    async with db.transaction(certain=True) as tx:
        await async_transfer(tx, run)


async def savepoints(db: AsyncDatabase, run: UUID) -> None:
    async with db.transaction() as tx:
        async with tx.transaction() as inner, inner.transaction() as innermost:
            await async_transfer(innermost, run)
        async with tx.transaction() as inner:
            await inner.execute(SLEEP)


async def by_hand(db: AsyncDatabase, run: UUID) -> None:
    tx = await db.begin()
    try:
        await async_transfer(tx, run)
    except BaseException:
        await tx.rollback()
        raise
    await tx.commit()


async def repeated(db: AsyncDatabase, run: UUID) -> None:
    attempts: list[int] = []

    async def work(tx: AsyncTransaction) -> None:
        attempts.append(1)
        await async_transfer(tx, run)
        if len(attempts) < 2:
            raise psycopg.errors.SerializationFailure

    await db.run(work)


async def connection(db: AsyncDatabase, run: UUID) -> None:
    async with db.connection() as held:
        async with held.transaction() as tx:
            await async_transfer(tx, run)
        await held.fetch_one(ONE)


async def rolled_back(db: AsyncDatabase, run: UUID) -> None:
    async with db.transaction() as tx:
        await async_transfer(tx, uuid4())
        await tx.rollback()
    await db.execute(RECORD, (run,))


WORK = [call, transaction, certain_transaction, savepoints, by_hand, repeated, connection, rolled_back]


@pytest.mark.parametrize("is_open", [True, False], ids=["", "first use"])
@pytest.mark.parametrize("again", [None, 0, 1, 2], ids=["once", "and at once again", "and 1 later", "and 2 later"])
@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
@pytest.mark.filterwarnings("ignore:a transaction was dropped while open")
async def test_at_every_await(
    work: Callable[[AsyncDatabase, UUID], Awaitable[None]],
    again: int | None,
    is_open: bool,
    url: str,
    server: FaultServer,
    count: Counter[str],
) -> None:
    """All of a run is there or nothing, and the only connection works for the next one."""
    n = 0
    while True:
        async with asyncio.timeout(30), fresh(url, is_open) as db:
            run = uuid4()
            steps = (n,) if again is None else (n, n + 1 + again)
            coroutine: Any = work(db, run)
            driven = CancelledAt(coroutine, *steps)
            try:
                await driven
                outcome = "done"
            except asyncio.CancelledError:
                outcome = "cancelled"
            assert 1 == await db.fetch_one(ONE)
            assert 0 == db.pool_stats().busy
            while await db.fetch_one(IN_TRANSACTION):
                # The server has not yet noticed that a connection was closed.
                await asyncio.sleep(0.001)
            check(server, run, must_be_there=outcome == "done")
        if not driven.hits:
            assert outcome == "done"
            break
        count["cancellations, each at another await"] += driven.hits
        n += 1


class fresh:  # noqa: N801
    """A database with one connection, open or not, which is closed at the end."""

    def __init__(self, url: str, is_open: bool) -> None:
        self._db = AsyncDatabase(url, pool=PoolOptions(max_size=1, timeout=5))
        self._is_open = is_open

    async def __aenter__(self) -> AsyncDatabase:
        if self._is_open:
            await self._db.open()
            await self._db.fetch_one(ONE)
        return self._db

    async def __aexit__(self, *_: object) -> None:
        await self._db.close()


def check(server: FaultServer, run: UUID, *, must_be_there: bool) -> None:
    """A run is in all tables or in none."""
    with psycopg.connect(server.url) as connection:
        [times, entries] = connection.execute(
            "SELECT (SELECT count(*) FROM ledger WHERE run = %(run)s),"
            " (SELECT count(*) FROM entries WHERE run = %(run)s)",
            {"run": run},
        ).fetchone() or [0, 0]
    assert times in ((1,) if must_be_there else (0, 1))
    assert entries in (0, 2 * times)


@pytest.mark.parametrize("certain", [False, True], ids=["", "certain"])
def test_an_interrupt_at_every_wait(
    certain: bool, proxied_url: str, proxy: Proxy, server: FaultServer, count: Counter[str]
) -> None:
    """Ctrl-C in a blocking program, while it waits for each answer of the server in turn."""
    requests = 0
    interrupted_at = 0

    def interrupt() -> None:
        nonlocal requests
        requests += 1
        if requests == interrupted_at:
            time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.02)

    with Database(proxied_url, pool=PoolOptions(max_size=1, timeout=5)) as db:
        while True:
            db.fetch_one(ONE)
            run = uuid4()
            requests, interrupted_at = 0, interrupted_at + 1
            proxy.on_request = interrupt
            try:
                with db.transaction(certain=certain) as tx:
                    transfer(tx, run)
                    with tx.transaction() as inner:
                        inner.fetch_one(ONE)
                outcome = "done"
            except KeyboardInterrupt:
                outcome = "interrupted"
            proxy.on_request = nothing
            assert 1 == db.fetch_one(ONE)
            while db.fetch_one(IN_TRANSACTION):
                time.sleep(0.001)
            assert 0 == db.pool_stats().busy
            check(server, run, must_be_there=outcome == "done")
            if outcome == "done":
                break
            count["interrupts (Ctrl-C), each at another wait"] += 1
    assert interrupted_at > 10


def nothing() -> None:
    """What happens to a request otherwise."""


async def test_a_request_to_cancel_that_overtakes_the_statement_is_made_again(proxied_url: str, proxy: Proxy) -> None:
    """The server loses the first one; the same connection is good again long before the statement would end."""
    async with AsyncDatabase(proxied_url, pool=PoolOptions(max_size=1)) as db:
        backend = await db.fetch_one(PID)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                # prepared here: what is held up below is its execution
                await db.execute(LONG)
        held, arrived, gate = threading.Event(), threading.Event(), threading.Event()

        def hold_the_statement() -> None:
            if not held.is_set():
                held.set()
                gate.wait(10)
            else:
                arrived.set()

        proxy.on_request = hold_the_statement
        sleeping = asyncio.create_task(db.execute(LONG))
        await asyncio.to_thread(held.wait, 10)
        sleeping.cancel()
        await asyncio.to_thread(arrived.wait, 10)
        # The server has dealt with the request when it has hung up on it.
        await asyncio.sleep(0.2)
        gate.set()
        done, _ = await asyncio.wait([sleeping], timeout=3)
        assert ({sleeping}, True) == (done, sleeping.cancelled())
        assert backend == await db.fetch_one(PID)


def test_an_interrupt_that_overtakes_the_statement_is_made_again(proxied_url: str, proxy: Proxy) -> None:
    """Ctrl-C in a blocking call, whose connection is good again long before the statement would end."""
    held, arrived, gate = threading.Event(), threading.Event(), threading.Event()

    def hold_the_statement() -> None:
        if not held.is_set():
            held.set()
            gate.wait(10)
        else:
            arrived.set()

    def interrupt() -> None:
        held.wait(10)
        # What comes between sending and waiting costs the connection.
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)
        arrived.wait(10)
        # The server has dealt with the request when it has hung up on it.
        time.sleep(0.2)
        gate.set()

    with Database(proxied_url, pool=PoolOptions(max_size=1)) as db:
        backend = db.fetch_one(PID)
        # Prepared first: what is held up is its execution.
        with pytest.raises(psycopg.errors.QueryCanceled), db.transaction(settings={"statement_timeout": "50"}) as tx:
            tx.execute(LONG)
        proxy.on_request = hold_the_statement
        interrupting = threading.Thread(target=interrupt)
        interrupting.start()
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            db.execute(LONG)
        took = time.monotonic() - start
        interrupting.join()
        assert backend == db.fetch_one(PID)
        assert took < 3
