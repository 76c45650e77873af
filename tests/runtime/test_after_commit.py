"""Callbacks run when their transaction is committed, and only then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from janua import AfterCommitFailed, AsyncDatabase, Database, PoolOptions, Query, TransactionAborted, TransactionClosed

INSERT = Query[None]("items.insert", "INSERT INTO items (id) VALUES ($1)", params=("integer",))
IDS = Query[int]("items.ids", "SELECT id FROM items ORDER BY id")
BROKEN = Query[int]("broken", "SELECT 1 / 0")


def noting(seen: list[str], name: str) -> Callable[[], None]:
    return lambda: seen.append(name)


async def test_they_run_in_their_order_after_the_commit(twin: Any, settle: Any, block: Any) -> None:
    """Those of a savepoint that is kept where they were given."""
    seen: list[str] = []
    async with block(twin.transaction()) as tx:
        tx.after_commit(noting(seen, "first"))
        async with block(tx.transaction()) as inner:
            inner.after_commit(noting(seen, "second"))
        tx.after_commit(noting(seen, "third"))
        assert [] == seen
    assert ["first", "second", "third"] == seen
    with pytest.raises(TransactionClosed):
        tx.after_commit(noting(seen, "late"))


async def test_a_rollback_forgets_them(twin: Any, settle: Any, block: Any) -> None:
    """And so does the rollback of a savepoint those that were given inside, at any depth."""
    seen: list[str] = []
    async with block(twin.transaction()) as tx:
        tx.after_commit(noting(seen, "kept"))
        with pytest.raises(psycopg.errors.DivisionByZero):
            async with block(tx.transaction()) as inner:
                async with block(inner.transaction()) as innermost:
                    innermost.after_commit(noting(seen, "undone with the outer one"))
                inner.after_commit(noting(seen, "undone"))
                await settle(inner.fetch_one(BROKEN))
    assert ["kept"] == seen
    tx = await settle(twin.begin())
    tx.after_commit(noting(seen, "rolled back"))
    await settle(tx.rollback())
    with pytest.raises(TransactionAborted):
        async with block(twin.transaction()) as tx:
            tx.after_commit(noting(seen, "failed"))
            with pytest.raises(psycopg.errors.DivisionByZero):
                await settle(tx.fetch_one(BROKEN))
    assert ["kept"] == seen


async def test_a_commit_that_is_refused_runs_none(twin: Any, settle: Any, block: Any) -> None:
    """By a deferred constraint."""
    seen: list[str] = []
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        async with block(twin.transaction()) as tx:
            tx.after_commit(noting(seen, "never"))
            await settle(tx.raw("INSERT INTO linked VALUES (99)"))
    assert [] == seen


async def test_they_may_use_the_only_connection(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """It has gone back to the pool before."""
    async with block(twin_class(pg_url, pool=PoolOptions(max_size=1, timeout=2))) as database:
        seen: list[Any] = []

        def ask() -> Any:
            seen.append(database.raw("SELECT 1 AS n"))
            return seen[0]

        async with block(database.transaction()) as tx:
            tx.after_commit(ask)
        assert 1 == len(seen)


async def test_what_they_return_is_awaited(adb: AsyncDatabase) -> None:
    """In an asynchronous transaction."""
    seen: list[list[int]] = []

    async def ask() -> None:
        seen.append(await adb.fetch_all(IDS))

    async with adb.transaction() as tx:
        await tx.execute(INSERT, (1,))
        tx.after_commit(ask)
    assert [[1]] == seen


def test_a_coroutine_is_no_callback_of_a_blocking_transaction(db: Database) -> None:
    """It would never run."""

    async def never() -> None:
        raise AssertionError

    with pytest.raises(AfterCommitFailed) as caught, db.transaction() as tx:
        tx.after_commit(never)
    assert "asynchronous function cannot be called" in str(caught.value.errors[0])


async def test_one_that_fails_keeps_no_other_from_running(twin: Any, settle: Any, block: Any) -> None:
    """The transaction is committed, which the error says."""
    seen: list[str] = []
    wrong = psycopg.errors.SerializationFailure("of another transaction")

    def fail() -> None:
        raise wrong

    with pytest.raises(AfterCommitFailed, match="is committed, but 1 of its after_commit callbacks") as caught:
        async with block(twin.transaction()) as tx:
            await settle(tx.execute(INSERT, (1,)))
            tx.after_commit(fail)
            tx.after_commit(noting(seen, "next"))
    assert (wrong,) == caught.value.errors
    assert caught.value.__cause__ is wrong
    assert ["next"] == seen
    assert [1] == await settle(twin.fetch_all(IDS))


async def test_run_does_not_repeat_what_is_committed(twin: Any, settle: Any) -> None:
    """Whatever a callback raises, and whatever the function raises after a commit of its own."""
    calls: list[int] = []

    def fail() -> None:
        raise psycopg.errors.SerializationFailure("of another transaction")

    def work(tx: Any) -> Any:
        calls.append(1)
        tx.after_commit(fail)
        return tx.execute(INSERT, (len(calls),))

    with pytest.raises(AfterCommitFailed):
        await settle(twin.run(work))
    assert [1] == await settle(twin.fetch_all(IDS))
    assert 1 == len(calls)


def test_run_does_not_repeat_after_a_commit_of_the_function(db: Database) -> None:
    """It has ended the transaction by itself."""
    calls: list[int] = []

    def work(tx: Any) -> None:
        calls.append(1)
        tx.execute(INSERT, (len(calls),))
        tx.commit()
        raise psycopg.errors.SerializationFailure("of something else")

    with pytest.raises(psycopg.errors.SerializationFailure):
        db.run(work)
    assert [1] == db.fetch_all(IDS)
