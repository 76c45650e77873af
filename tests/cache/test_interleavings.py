"""Orders of events in which a cache could give what was outdated, or never committed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
import pytest

from tests.cache import queries as q


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
