"""Orders of events in which a cache could give what was outdated, or never committed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import redis as redis_py
from janua import AsyncDatabase, PoolOptions
from janua.query import CachePolicy

from tests.cache import queries as q
from tests.cache.queries import Account, Change

NOTES = replace(
    q.TOTAL, sql="SELECT count(*)::int FROM notes", cache=CachePolicy(60.0, ("public.notes",)), name="notes.count"
)


class _Undone(Exception):
    """What a block is left by."""


async def test_a_lost_mark_of_the_newest_transaction_keeps_answers_out(db: Any, pg_url: str, settle: Any) -> None:
    """Also where no transaction has ended since it began: a snapshot's xmax is then its own id."""
    with psycopg.connect(pg_url) as writer:
        writer.execute("UPDATE accounts SET balance = 20")
        for _ in range(3):
            assert 10 == await settle(db.fetch_one(q.TOTAL))
        writer.commit()
        assert 20 == await settle(db.fetch_one(q.TOTAL))


async def test_lost_marks_of_several_transactions_keep_answers_out(db: Any, pg_url: str, settle: Any) -> None:
    """Until the last of them has ended, in whichever order they end."""
    with psycopg.connect(pg_url) as first, psycopg.connect(pg_url) as second, psycopg.connect(pg_url) as third:
        for at, writer in enumerate((first, second, third)):
            writer.execute("INSERT INTO accounts VALUES (%s, 'x', 1)", (10 + at,))
        assert 10 == await settle(db.fetch_one(q.TOTAL))
        for expected, writer in ((11, second), (12, third), (13, first)):
            writer.commit()
            assert expected == await settle(db.fetch_one(q.TOTAL))


async def test_what_a_lost_mark_has_held_up_is_kept_afterwards(db: Any, cache: Any, pg_url: str, settle: Any) -> None:
    """As soon as all transactions have ended that were running when the key was made."""
    with psycopg.connect(pg_url) as writer:
        writer.execute("UPDATE accounts SET balance = 20")
        await settle(db.fetch_one(q.TOTAL))
        writer.commit()
    for _ in range(3):
        assert 20 == await settle(db.fetch_one(q.TOTAL))
    assert 2 == cache.stats().hits


async def test_a_prepared_transaction_keeps_answers_out_of_new_keys(db: Any, pg_url: str, settle: Any) -> None:
    """It has no process any more, and may still be committed."""
    with psycopg.connect(pg_url, autocommit=True) as writer:
        [[most]] = writer.execute("SHOW max_prepared_transactions").fetchall()
        if most == "0":
            pytest.skip("the server prepares no transactions")
        writer.execute("BEGIN")
        writer.execute("UPDATE accounts SET balance = 20")
        writer.execute("PREPARE TRANSACTION 'later'")
        assert 10 == await settle(db.fetch_one(q.TOTAL))
        writer.execute("COMMIT PREPARED 'later'")
        assert 20 == await settle(db.fetch_one(q.TOTAL))


async def test_a_connection_in_a_transaction_keeps_nothing_of_its_own(
    db: Any, other: Any, settle: Any, block: Any
) -> None:
    """What the transaction has written is seen through its connection, and by nobody else."""
    async with block(db.connection()) as connection:
        with suppress(_Undone):
            async with block(connection.transaction()) as tx:
                await settle(tx.execute(q.SET, (1, 99)))
                assert 99 == await settle(connection.fetch_one(q.TOTAL))
                assert 10 == other.db.fetch_one(q.TOTAL)
                raise _Undone
    assert 10 == other.db.fetch_one(q.TOTAL)
    assert 10 == await settle(db.fetch_one(q.TOTAL))


async def test_a_connection_in_a_transaction_sees_its_own_writes(db: Any, other: Any, settle: Any, block: Any) -> None:
    """Also where the answer from before is kept."""
    assert 10 == other.db.fetch_one(q.TOTAL)
    async with block(db.connection()) as connection:
        assert 10 == await settle(connection.fetch_one(q.TOTAL))
        async with block(connection.transaction()) as tx:
            await settle(tx.execute(q.SET, (1, 99)))
            assert 99 == await settle(connection.fetch_one(q.TOTAL))
    assert 99 == other.db.fetch_one(q.TOTAL)


async def test_all_writes_of_a_connection_in_a_transaction_are_told(
    db: Any, other: Any, settle: Any, block: Any
) -> None:
    """Whether they go through the transaction or through its connection, and of whichever kind they are."""
    assert 10 == other.db.fetch_one(q.TOTAL)
    assert 0 == other.db.fetch_one(NOTES)
    async with block(db.connection()) as connection:
        async with block(connection.transaction()):
            await settle(connection.execute(q.SET, (1, 20)))
            await settle(connection.execute(q.ADD_NOTE, (1, "x")))
        assert (20, 1) == (other.db.fetch_one(q.TOTAL), other.db.fetch_one(NOTES))
        async with block(connection.transaction()):
            await settle(connection.copy(q.COPY, [Account(2, "Bob", 5)]))
        assert 25 == other.db.fetch_one(q.TOTAL)
        async with block(connection.transaction()):
            await settle(connection.batch_execute(q.SET, [Change(1, 1), Change(2, 2)]))
        assert 3 == other.db.fetch_one(q.TOTAL)
        async with block(connection.transaction()), block(connection.pipeline()) as pipeline:
            await settle(pipeline.execute(q.SET, (1, 7)))
        assert 9 == other.db.fetch_one(q.TOTAL)


async def test_marks_do_not_outlive_a_transaction_on_a_connection(db: Any, other: Any, settle: Any, block: Any) -> None:
    """When it has ended, answers are kept again, while the connection is still held."""
    async with block(db.connection()) as connection:
        async with block(connection.transaction()):
            await settle(connection.execute(q.SET, (1, 20)))
        for _ in range(3):
            assert 20 == other.db.fetch_one(q.TOTAL)
        assert 2 == other.cache.stats().hits


async def test_each_write_in_a_transaction_of_ones_own_is_told(db: Any, other: Any, settle: Any, block: Any) -> None:
    """Not only the first, where the BEGIN was said to write nothing."""
    assert (10, 0) == (other.db.fetch_one(q.TOTAL), other.db.fetch_one(NOTES))
    async with block(db.connection()) as connection:
        await settle(connection.raw("BEGIN", writes=[]))
        await settle(connection.execute(q.SET, (1, 20)))
        await settle(connection.execute(q.ADD_NOTE, (1, "x")))
        await settle(connection.raw("COMMIT", writes=[]))
        assert (20, 1) == (other.db.fetch_one(q.TOTAL), other.db.fetch_one(NOTES))


async def test_writes_that_nobody_declared_are_not_kept_before_they_are_committed(
    db: Any, other: Any, settle: Any, block: Any
) -> None:
    """A transaction that has an id shows rows that nobody else may see."""
    with suppress(_Undone):
        async with block(db.transaction()) as tx:
            await settle(tx.raw("UPDATE accounts SET balance = 99", writes=[]))
            assert 99 == await settle(tx.fetch_one(q.TOTAL))
            assert 10 == other.db.fetch_one(q.TOTAL)
            raise _Undone
    assert 10 == await settle(db.fetch_one(q.TOTAL))


async def test_a_setting_that_a_savepoint_takes_back_decides_no_more(
    db: Any, behind: Any, settle: Any, block: Any
) -> None:
    """Also where it was made through the outer transaction."""
    query = replace(
        q.TOTAL,
        sql="SELECT coalesce(sum(balance), 0)::int FROM accounts WHERE owner = current_setting('app.owner')",
        cache=CachePolicy(60.0, ("public.accounts",), settings=("app.owner",)),
    )
    behind("INSERT INTO accounts VALUES (2, 'Bob', 5)")
    async with block(db.transaction(settings={"app.owner": "Ada"})) as tx:
        assert 10 == await settle(tx.fetch_one(query))
        with suppress(_Undone):
            async with block(tx.transaction()):
                await settle(tx.set_local({"app.owner": "Bob"}))
                assert 5 == await settle(tx.fetch_one(query))
                raise _Undone
        assert 10 == await settle(tx.fetch_one(query))


async def test_hundreds_of_tables_can_be_read(db: Any, settle: Any) -> None:
    """Those of a table with many partitions."""
    query = replace(q.TOTAL, cache=CachePolicy(60.0, tuple(f"public.p{at}" for at in range(700))))
    for _ in range(2):
        assert 10 == await settle(db.fetch_one(query))


async def test_a_key_of_an_earlier_run_of_the_server_waits_for_all(
    db: Any, cache: Any, server: redis_py.Redis, janua_redis_prefix: str, pg_url: str, settle: Any
) -> None:
    """Where tables are said to have changed, too: marks may have been lost with its replacement."""
    await settle(db.fetch_one(q.TOTAL))
    for name in server.scan_iter(match=f"{janua_redis_prefix}*:t:*"):
        value = server.get(name)
        assert isinstance(value, bytes)
        server.set(name, b"\0" * 4 + value[4:])
    with psycopg.connect(pg_url) as writer:
        writer.execute("UPDATE accounts SET balance = 20")
        await settle(cache.invalidate(["public.accounts", "*"]))
        assert 10 == await settle(db.fetch_one(q.TOTAL))
        writer.commit()
        assert 20 == await settle(db.fetch_one(q.TOTAL))


async def test_a_cancelled_question_after_a_lost_commit_removes_no_mark(
    kind: Any, db: Any, other: Any, settle: Any, block: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may still be about to commit."""
    from janua.database._async import transaction as asynchronous
    from janua.database._sync import transaction as blocking

    def lost(session: Any, commit: Any) -> None:
        from janua.database.commit import Outcome

        commit.outcome = Outcome.UNKNOWN
        raise psycopg.OperationalError("the connection was lost")

    async def lost_asynchronously(session: Any, commit: Any) -> None:
        lost(session, commit)

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    async def cancelled(*_: Any) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(blocking, "send_commit", lost)
    monkeypatch.setattr(asynchronous, "send_commit", lost_asynchronously)
    monkeypatch.setattr(blocking, "resolve", interrupted)
    monkeypatch.setattr(asynchronous, "resolve", cancelled)
    try:
        async with block(db.transaction()) as tx:
            await settle(tx.execute(q.SET, (1, 20)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        pass
    other.db.fetch_one(q.TOTAL)
    assert 1 == other.cache.stats().bypassed


async def test_a_reader_that_holds_the_only_connection_asks_nobody_about_marks(
    kind: Any, cache: Any, other: Any, pg_url: str, settle: Any, block: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads what is there, as it does while a writer is at work."""
    async with block(kind.Database(pg_url, cache=cache, pool=PoolOptions(max_size=1, timeout=1.0))) as db:
        monkeypatch.setattr(other.cache, "clear", lambda _: None)
        async with block(db.transaction()) as tx:
            other.db.execute(q.SET, (1, 20))
            assert 20 == await settle(tx.fetch_one(q.TOTAL))
            await asyncio.sleep(0.1)
            assert 20 == await settle(tx.fetch_one(q.TOTAL))
        await asyncio.sleep(0.1)
        for _ in range(3):
            assert 20 == await settle(db.fetch_one(q.TOTAL))
        assert cache.stats().hits > 0


async def test_a_writer_whose_server_s_statistics_were_reset_is_still_there(
    db: Any, cache: Any, other: Any, behind: Any, settle: Any
) -> None:
    """That looks like a crash, which ends all writers: this one's mark stands until it has ended."""
    with other.db.connection() as connection:
        connection.execute(q.SET, (1, 11))
        behind("SELECT pg_stat_reset_shared('bgwriter')")
        for _ in range(2):
            assert 11 == await settle(db.fetch_one(q.TOTAL))
        hits = cache.stats().hits
        with connection.transaction() as tx:
            tx.execute(q.SET, (1, 20))
            marking = other.db._pool.caching.mark(tx._session, ["public.accounts"])
            for _ in range(4):
                assert 11 == await settle(db.fetch_one(q.TOTAL))
                await asyncio.sleep(0.1)
            assert hits == cache.stats().hits
        other.db._pool.caching.clear(marking)
    assert 20 == await settle(db.fetch_one(q.TOTAL))


async def test_calls_that_share_a_connection_are_transactions_of_their_own(
    db: Any, behind: Any, settle: Any, block: Any
) -> None:
    """Also while a cache is told of each: what fails at its COMMIT takes nobody else's write with it."""
    link = replace(
        q.SET, name="links.add", sql="INSERT INTO linked VALUES ($1)", params=("integer",), writes=("public.linked",)
    )
    plain = replace(link, name="links.plain", writes=())
    # Of each three, one refers to nothing.
    ids = [1 if number % 3 else 100 + number for number in range(30)]
    calls = [(plain if number % 2 else link, id) for number, id in enumerate(ids)]
    async with block(db.connection()) as connection:

        def call(asked: Any) -> Any:
            try:
                return connection.execute(asked[0], (asked[1],))
            except psycopg.errors.ForeignKeyViolation as error:
                return error

        answers: list[Any]
        if isinstance(db, AsyncDatabase):
            answers = await asyncio.gather(*(call(each) for each in calls), return_exceptions=True)
        else:
            with ThreadPoolExecutor(8) as threads:
                answers = list(threads.map(call, calls))
    failed = [number for number, answer in enumerate(answers) if answer is not None]
    assert [number for number, id in enumerate(ids) if id != 1] == failed
    assert [(20,)] == behind("SELECT count(*) FROM linked")


async def test_a_lost_mark_of_a_transaction_of_ones_own_keeps_answers_out(
    db: Any, cache: Any, other: Any, server: redis_py.Redis, settle: Any, block: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost before its first statement has run; and then its process ends right behind COMMIT."""
    told: list[int] = []

    def lose() -> None:
        server.flushall()
        told.append(other.db.fetch_one(q.TOTAL))

    mark = cache.mark

    async def mark_and_lose_it(*given: Any) -> Any:
        marking = await mark(*given)
        await asyncio.to_thread(lose)
        return marking

    def mark_and_lose(*given: Any) -> Any:
        marking = mark(*given)
        lose()
        return marking

    is_async = isinstance(db, AsyncDatabase)
    async with block(db.connection()) as connection:
        await settle(connection.raw("BEGIN", writes=[]))
        monkeypatch.setattr(cache, "mark", mark_and_lose_it if is_async else mark_and_lose)
        await settle(connection.execute(q.SET, (1, 20)))
        await settle(connection._session.execute(b"COMMIT"))
        assert ([10], 20) == (told, other.db.fetch_one(q.TOTAL))
