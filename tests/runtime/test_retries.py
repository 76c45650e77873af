"""``run`` repeats what collides with another transaction, and nothing else."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import psycopg
import pytest
from janua import AsyncDatabase, AsyncTransaction, Database, NestedRetry, Query, Transaction, TransactionLost
from janua.database.retries import retry_delay

INSERT = Query[None]("items.insert", "INSERT INTO items (id) VALUES ($1)", params=("integer",))
COUNT = Query[int]("items.count", "SELECT count(*)::int FROM items")
LOCK = Query[None]("items.lock", "SELECT FROM items WHERE id = $1 FOR UPDATE", params=("integer",))


def test_a_write_skew_is_run_again(db: Database) -> None:
    """Two serializable sessions that each count and insert: one of them meets a real 40001 and repeats."""
    attempts: list[int] = []
    both_have_read = threading.Barrier(2)

    def add(tx: Transaction) -> int:
        attempts.append(1)
        seen = tx.fetch_one(COUNT)
        if len(attempts) <= 2:
            both_have_read.wait(5)
        tx.execute(INSERT, (seen,))
        return seen

    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(db.run(add, isolation="serializable"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [0, 1] == sorted(results)
    assert 3 == len(attempts)


async def test_a_write_skew_is_run_again_asynchronously(adb: AsyncDatabase) -> None:
    """The same among tasks."""
    attempts: list[int] = []
    read = asyncio.Semaphore(0)

    async def add(tx: AsyncTransaction) -> int:
        attempts.append(1)
        seen = await tx.fetch_one(COUNT)
        if len(attempts) <= 2:
            read.release()
            while len(attempts) < 2 or read._value < 2:
                await asyncio.sleep(0.001)
        await tx.execute(INSERT, (seen,))
        return seen

    results = await asyncio.gather(*(adb.run(add, isolation="serializable") for _ in range(2)))
    assert [0, 1] == sorted(results)
    assert 3 == len(attempts)


async def test_a_deadlock_is_run_again(adb: AsyncDatabase) -> None:
    """Two transactions that lock the same rows in opposite order both succeed."""
    await adb.raw("INSERT INTO items (id) VALUES (1), (2)")
    attempts: list[int] = []
    first_locks = asyncio.Barrier(2)

    async def lock(tx: AsyncTransaction, order: tuple[int, int]) -> None:
        attempts.append(1)
        await tx.raw("SET LOCAL deadlock_timeout = '10ms'")
        await tx.execute(LOCK, (order[0],))
        if len(attempts) <= 2:
            await first_locks.wait()
        await tx.execute(LOCK, (order[1],))

    await asyncio.gather(adb.run(lambda tx: lock(tx, (1, 2))), adb.run(lambda tx: lock(tx, (2, 1))))
    assert 3 == len(attempts)


async def test_it_gives_up_after_the_last_retry(twin: Any, settle: Any) -> None:
    """With the server's own error."""
    attempts: list[int] = []
    raise_it = "DO $$ BEGIN RAISE serialization_failure; END $$"

    def collide(tx: Any) -> Any:
        attempts.append(1)
        return tx.raw(raise_it)

    with pytest.raises(psycopg.errors.SerializationFailure):
        await settle(twin.run(collide, retries=2))
    assert 3 == len(attempts)
    assert 0 == twin.pool_stats().busy


async def test_other_errors_are_not_repeated(twin: Any, settle: Any) -> None:
    """They may have another cause."""
    attempts: list[int] = []

    def fail(tx: Any) -> Any:
        attempts.append(1)
        return tx.raw("SELECT 1 / 0")

    with pytest.raises(psycopg.errors.DivisionByZero):
        await settle(twin.run(fail))
    assert 1 == len(attempts)


async def test_the_result_comes_back_after_the_commit(twin: Any, settle: Any) -> None:
    """What the function returns."""
    assert [{"n": 1}] == await settle(twin.run(lambda tx: tx.raw("SELECT 1 AS n")))


async def test_a_run_inside_a_run_is_refused(twin: Any, settle: Any, block: Any) -> None:
    """What the inner one has committed, a repetition of the outer one would do twice."""
    with pytest.raises(NestedRetry, match="inside a function that run"):
        await settle(twin.run(lambda tx: twin.run(lambda inner: inner.raw("SELECT 1"))))
    assert 0 == twin.pool_stats().busy
    assert [{"n": 1}] == await settle(twin.run(lambda tx: tx.raw("SELECT 1 AS n")))
    later: list[Any] = []
    async with block(twin.transaction()) as tx:
        tx.after_commit(lambda: later.append(twin.run(lambda inner: inner.raw("SELECT 2 AS n"))))
    assert [{"n": 2}] == await settle(later[0])


async def test_a_lost_connection_is_run_again(twin: Any, settle: Any) -> None:
    """COMMIT was not sent on it: for certain nothing was committed."""
    attempts: list[int] = []
    end_it = "SELECT pg_terminate_backend(pg_backend_pid())"

    def lose(tx: Any) -> Any:
        attempts.append(1)
        return tx.raw(end_it if len(attempts) < 3 else "SELECT 1 AS n")

    assert [{"n": 1}] == await settle(twin.run(lose))
    assert 3 == len(attempts)
    attempts.clear()
    with pytest.raises(TransactionLost, match="nothing was committed") as caught:
        await settle(twin.run(lose, retries=1))
    assert isinstance(caught.value.__cause__, psycopg.OperationalError)
    assert (2, 0) == (len(attempts), twin.pool_stats().busy)


def test_the_pause_grows_and_is_random() -> None:
    """Never more than a second."""
    assert all(0 <= retry_delay(attempt) <= min(1.0, 0.01 * 2**attempt) for attempt in range(20))
    assert len({retry_delay(5) for _ in range(10)}) > 1
