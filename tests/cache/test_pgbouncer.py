"""The cache of a database that is reached through PgBouncer in transaction mode: sessions are shared."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
from janua import Database, PoolOptions
from janua.errors import InvalidationFailed

from tests.cache import queries as q
from tests.cache.conftest import Place
from tests.runtime.connections.pgbouncer import bouncing, needs_pgbouncer
from tests.runtime.redis.servers import Proxy

pytestmark = needs_pgbouncer
POOL = PoolOptions(min_size=4, max_size=4)


@pytest.fixture(scope="module")
def pgbouncer_url(template_url: str) -> Iterator[str]:
    """The address of the tests' database through a PgBouncer of its own."""
    with bouncing(template_url) as url:
        yield url


@pytest.fixture
async def db(kind: Any, cache: Any, pg_url: str, pgbouncer_url: str, block: Any) -> AsyncIterator[Any]:
    """A database with this cache; its four connections share two."""
    async with block(kind.Database(pgbouncer_url, pgbouncer=True, pool=POOL, cache=cache)) as database:
        yield database


async def test_answers_are_kept_until_they_are_written(db: Any, cache: Any, other: Place, settle: Any) -> None:
    """By the one, and by a process that is not behind PgBouncer."""
    for value in range(20, 30):
        await settle(db.execute(q.SET, (1, value)))
        assert [value] * 3 == [await settle(db.fetch_one(q.TOTAL)) for _ in range(3)]
        assert value == other.db.fetch_one(q.TOTAL)
        other.db.execute(q.SET, (1, -value))
        assert [-value] * 3 == [await settle(db.fetch_one(q.TOTAL)) for _ in range(3)]
        assert -value == other.db.fetch_one(q.TOTAL)
    assert 40 <= cache.stats().hits


async def test_transactions_tell_before_they_are_committed(db: Any, other: Place, settle: Any, block: Any) -> None:
    """Each statement of theirs may see another server's process than the one before the transaction did."""
    for value in range(20, 26):
        async with block(db.transaction()) as tx:
            await settle(tx.execute(q.SET, (1, 99)))
            await settle(tx.execute(q.SET, (1, value)))
            assert value == await settle(tx.fetch_one(q.TOTAL))
        assert value == other.db.fetch_one(q.TOTAL) == await settle(db.fetch_one(q.TOTAL))
        with pytest.raises(RuntimeError):
            async with block(db.transaction()) as tx:
                await settle(tx.execute(q.SET, (1, 99)))
                raise RuntimeError
        assert value == other.db.fetch_one(q.TOTAL) == await settle(db.fetch_one(q.TOTAL))


async def test_what_is_raw_outdates_everything(db: Any, other: Place, settle: Any) -> None:
    """Several statements at once, too."""
    for value in range(20, 26):
        await settle(db.raw(f"UPDATE accounts SET balance = {value}"))
        assert value == other.db.fetch_one(q.TOTAL) == await settle(db.fetch_one(q.TOTAL))
        await settle(db.raw(f"UPDATE accounts SET balance = -{value}; SELECT 1"))
        assert -value == other.db.fetch_one(q.TOTAL) == await settle(db.fetch_one(q.TOTAL))


async def test_strict_writes_are_rolled_back(db: Any, network: Proxy, behind: Any, settle: Any, block: Any) -> None:
    """While Redis is away; the connections that are shared are left with nothing open."""
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    network.lead_to(1)
    network.cut()
    for value in range(6):
        with pytest.raises(InvalidationFailed):
            await settle(db.execute(q.SET, (1, value)))
        with pytest.raises(InvalidationFailed):
            async with block(db.transaction()) as tx:
                await settle(tx.execute(q.SET, (1, value)))
        assert 10 == await settle(db.fetch_one(q.TOTAL))
    assert [(10,)] == behind("SELECT balance FROM accounts")
    open_ = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = 'cached'"
    assert [(0,)] == behind(open_)


async def test_a_mark_that_was_left_is_looked_into(db: Any, cache: Any, other: Place, settle: Any, block: Any) -> None:
    """By the id of its transaction: the server's process is somebody else's by now."""
    await settle(db.fetch_one(q.TOTAL))
    async with block(db.transaction()) as tx:
        await settle(tx.execute(q.SET, (1, 30)))
        assert await settle(tx._mark()) is not None
        tx._written[0].clear()
    answers = [await settle(db.fetch_one(q.TOTAL))]
    await asyncio.sleep(0.1)
    answers += [await settle(db.fetch_one(q.TOTAL)) for _ in range(4)]
    assert [30] * 5 == answers
    assert cache.stats().hits
    assert 30 == other.db.fetch_one(q.TOTAL)


def test_readers_and_writers_share_two_connections(pgbouncer_url: str, other: Place) -> None:
    """Whatever is read is at least as new as what was committed before."""
    committed = [10]
    wrong: list[tuple[int, int]] = []

    def read(db: Database) -> None:
        while committed[-1] < 60:
            least = committed[-1]
            found = db.fetch_one(q.TOTAL)
            if found < least:
                wrong.append((least, found))

    with Database(pgbouncer_url, pgbouncer=True, pool=POOL, cache=other.cache) as db:
        readers = [threading.Thread(target=read, args=(db,)) for _ in range(3)]
        for reader in readers:
            reader.start()
        for value in range(11, 61):
            db.execute(q.SET, (1, value))
            committed.append(value)
        for reader in readers:
            reader.join()
    assert [] == wrong


def test_a_server_process_that_somebody_has_left_changed_fills_nothing(
    pgbouncer_url: str, other: Place, behind: Any
) -> None:
    """What it answers is not kept for those whose settings are what they should be."""
    behind("CREATE SCHEMA IF NOT EXISTS changed")
    behind("CREATE TABLE IF NOT EXISTS changed.accounts AS SELECT 1 AS id, 'x' AS owner, 77 AS balance")
    with psycopg.connect(pgbouncer_url) as first, psycopg.connect(pgbouncer_url, autocommit=True) as second:
        first.execute("SELECT 1")
        # The first one is in a transaction, so this is on the other of both.
        second.execute("SET search_path = changed")
    wrong: list[int] = []
    met: set[int] = set()

    def mix(db: Database) -> None:
        for _ in range(400):
            db.raw("SELECT 1")

    def read(db: Database) -> None:
        for _ in range(100):
            other.cache.invalidate(["public.accounts"])
            met.add(db.fetch_one(q.TOTAL))
            found = other.db.fetch_one(q.TOTAL)
            if found != 10:
                wrong.append(found)

    try:
        with Database(pgbouncer_url, pgbouncer=True, pool=POOL, cache=other.cache) as db:
            readers = [threading.Thread(target=work, args=(db,)) for work in (mix, mix, mix, read)]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
    finally:
        behind("DROP SCHEMA changed CASCADE")
    assert ([], {10, 77}) == (wrong, met)
