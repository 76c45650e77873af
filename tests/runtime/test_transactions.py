"""Transactions: what is kept and what is undone, however they end."""

from __future__ import annotations

import gc
from typing import Any

import psycopg
import pytest
from janua import AlreadyClosed, NestedRetry, Query, TransactionAborted, TransactionClosed, TransactionError

INSERT = Query[None]("items.insert", "INSERT INTO items (id) VALUES ($1)", params=("integer",))
IDS = Query[int]("items.ids", "SELECT id FROM items ORDER BY id")
BROKEN = Query[int]("broken", "SELECT 1 / 0")


async def test_the_end_of_the_block_commits(twin: Any, settle: Any, block: Any) -> None:
    """Others see the changes then, and not before."""
    async with block(twin.transaction()) as tx:
        await settle(tx.execute(INSERT, (1,)))
        assert [] == await settle(twin.fetch_all(IDS))
    assert [1] == await settle(twin.fetch_all(IDS))


async def test_an_exception_rolls_back(twin: Any, settle: Any, block: Any) -> None:
    """And goes on to the caller."""
    with pytest.raises(KeyError):
        async with block(twin.transaction()) as tx:
            await settle(tx.execute(INSERT, (1,)))
            raise KeyError
    assert [] == await settle(twin.fetch_all(IDS))
    assert 0 == twin.pool_stats().busy


async def test_a_nested_transaction_is_undone_alone(twin: Any, settle: Any, block: Any) -> None:
    """The outer one goes on, after an error of the server too."""
    async with block(twin.transaction()) as outer:
        await settle(outer.execute(INSERT, (1,)))
        with pytest.raises(psycopg.errors.DivisionByZero):
            async with block(outer.transaction()) as inner:
                await settle(inner.execute(INSERT, (2,)))
                await settle(inner.fetch_one(BROKEN))
        async with block(outer.transaction()) as inner, block(inner.transaction()) as innermost:
            await settle(innermost.execute(INSERT, (3,)))
    assert [1, 3] == await settle(twin.fetch_all(IDS))


async def test_ended_transactions_refuse_every_call(twin: Any, settle: Any, block: Any) -> None:
    """The nested one too, once the outer one has ended."""
    async with block(twin.transaction()) as tx, block(tx.transaction()) as inner:
        await settle(tx.rollback())
        with pytest.raises(TransactionClosed):
            await settle(inner.fetch_all(IDS))
    for call in (tx.commit, tx.rollback, lambda: tx.fetch_all(IDS), lambda: tx.raw("SELECT 1")):
        with pytest.raises(TransactionClosed, match="the transaction has ended"):
            await settle(call())
    with pytest.raises(TransactionClosed):
        async with block(tx.transaction()):
            pass


async def test_a_block_can_be_left_without_an_exception(twin: Any, settle: Any, block: Any) -> None:
    """By ending the transaction inside."""
    async with block(twin.transaction()) as tx:
        await settle(tx.execute(INSERT, (1,)))
        await settle(tx.rollback())
    assert [] == await settle(twin.fetch_all(IDS))


async def test_a_commit_after_a_swallowed_error_is_an_error(twin: Any, settle: Any, block: Any) -> None:
    """PostgreSQL would answer ROLLBACK and say nothing."""
    with pytest.raises(TransactionAborted):
        async with block(twin.transaction()) as tx:
            await settle(tx.execute(INSERT, (1,)))
            with pytest.raises(psycopg.errors.DivisionByZero):
                await settle(tx.fetch_one(BROKEN))
    async with block(twin.transaction()) as outer:
        with pytest.raises(TransactionAborted):
            async with block(outer.transaction()) as inner:
                with pytest.raises(psycopg.errors.DivisionByZero):
                    await settle(inner.fetch_one(BROKEN))
        await settle(outer.execute(INSERT, (2,)))
    assert [2] == await settle(twin.fetch_all(IDS))


async def test_deferred_constraints_are_reported_by_the_commit(twin: Any, settle: Any, block: Any) -> None:
    """With nothing left behind."""
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        async with block(twin.transaction()) as tx:
            await settle(tx.raw("INSERT INTO linked VALUES (99)"))
    assert 0 == twin.pool_stats().busy
    assert [] == await settle(twin.raw("SELECT * FROM linked"))


async def test_a_manual_transaction_ends_by_hand(twin: Any, settle: Any) -> None:
    """With its connection back in the pool, after an error too."""
    first = await settle(twin.begin())
    await settle(first.execute(INSERT, (1,)))
    await settle(first.commit())
    second = await settle(twin.begin())
    with pytest.raises(psycopg.errors.DivisionByZero):
        await settle(second.fetch_one(BROKEN))
    await settle(second.rollback())
    assert 0 == twin.pool_stats().busy
    assert [1] == await settle(twin.fetch_all(IDS))


async def test_a_dropped_transaction_does_not_reach_the_pool(twin: Any, settle: Any) -> None:
    """Its connection is closed, which rolls back, and replaced; a warning says so."""
    tx = await settle(twin.begin())
    await settle(tx.execute(INSERT, (1,)))
    with pytest.warns(ResourceWarning, match="a transaction was dropped while open"):
        del tx
        gc.collect()
    assert [] == await settle(twin.fetch_all(IDS))
    assert 0 == twin.pool_stats().busy


async def test_the_modes_reach_the_server(twin: Any, settle: Any, block: Any) -> None:
    """Isolation, read only, deferrable."""
    modes = "SELECT current_setting('transaction_isolation') AS i, current_setting('transaction_read_only') AS r"
    async with block(twin.transaction("serializable", read_only=True, deferrable=True)) as tx:
        assert [{"i": "serializable", "r": "on"}] == await settle(tx.raw(modes))
    async with block(twin.transaction()) as tx:
        assert [{"i": "read committed", "r": "off"}] == await settle(tx.raw(modes))
    with pytest.raises(ValueError, match="isolation must be one of"):
        await settle(twin.begin("snapshot"))
    assert 0 == twin.pool_stats().busy


async def test_a_connection_has_one_transaction_at_a_time(twin: Any, settle: Any, block: Any) -> None:
    """A second one would be the first one under another name."""
    async with block(twin.connection()) as connection:
        async with block(connection.transaction()) as tx:
            with pytest.raises(TransactionError, match="in a transaction already"):
                await settle(connection.begin())
            await settle(tx.execute(INSERT, (1,)))
        assert [1] == await settle(connection.fetch_all(IDS))
    with pytest.raises(AlreadyClosed, match="gone back to the pool"):
        await settle(connection.fetch_all(IDS))


async def test_a_connection_keeps_its_session(twin: Any, settle: Any, block: Any) -> None:
    """Two calls run on the same server process."""
    pid = Query[int]("pid", "SELECT pg_backend_pid()")
    async with block(twin.connection()) as one, block(twin.connection()) as other:
        assert await settle(one.fetch_one(pid)) == await settle(one.fetch_one(pid))
        assert await settle(one.fetch_one(pid)) != await settle(other.fetch_one(pid))


async def test_run_inside_a_transaction_is_refused(twin: Any, settle: Any, block: Any) -> None:
    """An inner part cannot be repeated without the outer one."""
    async with block(twin.transaction()) as tx:
        with pytest.raises(NestedRetry):
            await settle(tx.run(lambda inner: None))
        async with block(tx.transaction()) as nested:
            with pytest.raises(NestedRetry):
                await settle(nested.run(lambda inner: None))


async def test_a_lost_connection_does_not_hide_the_block_s_error(twin: Any, settle: Any, block: Any) -> None:
    """The rollback cannot be sent, and need not be."""
    with pytest.raises(KeyError):
        async with block(twin.transaction()) as tx:
            [row] = await settle(tx.raw("SELECT pg_backend_pid() AS pid"))
            await settle(twin.raw("SELECT pg_terminate_backend($1)", (row["pid"],)))
            raise KeyError
    assert 0 == twin.pool_stats().busy
    assert [] == await settle(twin.fetch_all(IDS))


@pytest.mark.parametrize(
    "sql",
    [
        "COMMIT",
        "end;",
        "/* so */ Rollback AND CHAIN",
        "abort",
        "INSERT INTO items VALUES (2); COMMIT",
        "PREPARE TRANSACTION 'x'",
    ],
)
async def test_a_statement_does_not_end_the_transaction(twin: Any, settle: Any, block: Any, sql: Any) -> None:
    """Its object would not know, and what follows would be committed statement by statement."""
    async with block(twin.transaction()) as tx:
        await settle(tx.execute(INSERT, (1,)))
        with pytest.raises(TransactionError, match="would end the transaction behind its back"):
            await settle(tx.raw(sql))
        await settle(tx.rollback())
    assert [] == await settle(twin.fetch_all(IDS))


@pytest.mark.parametrize(
    "sql",
    [
        "SAVEPOINT s; INSERT INTO items VALUES (2); ROLLBACK TO s",
        "SELECT 'COMMIT'; -- COMMIT",
        "CREATE FUNCTION pg_temp.two() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "DO $$ BEGIN END $$",
    ],
)
async def test_what_only_looks_like_an_end_is_run(twin: Any, settle: Any, block: Any, sql: Any) -> None:
    """Savepoints of one's own, texts, comments and bodies."""
    async with block(twin.transaction()) as tx:
        await settle(tx.execute(INSERT, (1,)))
        await settle(tx.raw(sql))
    assert [1] == await settle(twin.fetch_all(IDS))
