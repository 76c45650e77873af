"""Redis does not answer: reads go to PostgreSQL, and writes are rolled back or told of later."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from janua import Database
from janua.cache import Cache
from janua.errors import InvalidationFailed
from janua.redis import Redis

from tests.cache import queries as q
from tests.cache.conftest import Place
from tests.runtime.redis import servers
from tests.runtime.redis.servers import Proxy


@contextmanager
def _place(pg_url: str, redis_url: str, prefix: str, *, strict: bool) -> Iterator[Place]:
    with (
        Redis(redis_url, prefix=prefix) as redis,
        Cache(redis, strict=strict, timeout=0.2, resolve_after=0.05) as cache,
        Database(pg_url, cache=cache) as db,
    ):
        yield Place(db, cache)


@pytest.fixture
def strict(pg_url: str, network: Proxy, janua_redis_prefix: str) -> Iterator[Place]:
    """A process with a strict cache behind a network that can be cut."""
    with _place(pg_url, network.url, janua_redis_prefix, strict=True) as place:
        yield place


@pytest.fixture
def lenient(pg_url: str, network: Proxy, janua_redis_prefix: str) -> Iterator[Place]:
    """One whose cache is not strict."""
    with _place(pg_url, network.url, janua_redis_prefix, strict=False) as place:
        yield place


def test_reads_go_to_the_database(strict: Place, network: Proxy) -> None:
    """And for a second none of them waits; then the cache is used again."""
    for _ in range(2):
        assert 10 == strict.db.fetch_one(q.TOTAL)
    network.swallow()
    assert 10 == strict.db.fetch_one(q.TOTAL)
    start = time.monotonic()
    for _ in range(20):
        assert 10 == strict.db.fetch_one(q.TOTAL)
    assert time.monotonic() - start < 0.9
    assert strict.cache.stats().unavailable == 21
    network.restore()
    time.sleep(1.1)
    before = strict.cache.stats().hits
    assert 10 == strict.db.fetch_one(q.TOTAL)
    assert 1 == strict.cache.stats().hits - before


def test_a_strict_cache_rolls_writes_back(strict: Place, other: Place, network: Proxy, behind: Any) -> None:
    """Alone, in a transaction, and what is not known to write nothing."""
    assert 10 == other.db.fetch_one(q.TOTAL)
    strict.db.fetch_one(q.TOTAL)
    network.swallow()
    with pytest.raises(InvalidationFailed):
        strict.db.execute(q.SET, (1, 11))
    with pytest.raises(InvalidationFailed), strict.db.transaction() as tx:
        tx.execute(q.SET, (1, 12))
    with pytest.raises(InvalidationFailed):
        strict.db.raw("UPDATE accounts SET balance = 13")
    assert [{"one": 1}] == strict.db.raw("SELECT 1 AS one")
    strict.db.execute(q.ADD_UNREAD)
    assert [(10,)] == behind("SELECT balance FROM accounts")
    assert 10 == other.db.fetch_one(q.TOTAL)
    network.restore()
    strict.db.execute(q.SET, (1, 14))
    assert 14 == other.db.fetch_one(q.TOTAL)


def test_a_mark_whose_answer_is_lost_stands_for_nothing(strict: Place, other: Place, network: Proxy) -> None:
    """Whoever meets it finds that the transaction was rolled back."""
    for _ in range(2):
        other.db.fetch_one(q.TOTAL)
    strict.db.execute(q.SET, (1, 10))
    network.lose_next_answer()
    strict.db.execute(q.SET, (1, 20))
    assert 20 == other.db.fetch_one(q.TOTAL)


def test_others_are_told_as_soon_as_it_answers(lenient: Place, other: Place, network: Proxy, behind: Any) -> None:
    """Until then they may be given what was; this process is not."""
    for _ in range(2):
        assert 10 == other.db.fetch_one(q.TOTAL) == lenient.db.fetch_one(q.TOTAL)
    network.swallow()
    lenient.db.execute(q.SET, (1, 11))
    with lenient.db.transaction() as tx:
        tx.execute(q.ADD, (2, "Bob", 4))
    assert [(15,)] == behind("SELECT sum(balance)::int FROM accounts")
    assert 15 == lenient.db.fetch_one(q.TOTAL)
    assert 2 == lenient.cache.stats().undelivered
    assert 10 == other.db.fetch_one(q.TOTAL)
    network.restore()
    deadline = time.monotonic() + 10
    while lenient.cache.stats().undelivered and time.monotonic() < deadline:
        time.sleep(0.01)
    assert 15 == other.db.fetch_one(q.TOTAL) == lenient.db.fetch_one(q.TOTAL)


def test_it_goes_away_between_mark_and_clear(pg_url: str, behind: Any) -> None:
    """The write is committed; the mark stands until somebody has told or asked."""
    with (
        servers.running() as server,
        servers.proxy(server.port) as network,
        _place(pg_url, network.url, "", strict=True) as here,
        _place(pg_url, server.url, "", strict=True) as there,
    ):
        for _ in range(2):
            there.db.fetch_one(q.TOTAL)
        with here.db.transaction() as tx:
            tx.execute(q.SET, (1, 30))
            assert tx._mark() is not None
            network.swallow()
            tx._written[0].clear()
        assert [(30,)] == behind("SELECT balance FROM accounts")
        assert 30 == there.db.fetch_one(q.TOTAL)
        time.sleep(0.1)
        for _ in range(5):
            assert 30 == there.db.fetch_one(q.TOTAL)
        assert there.cache.stats().hits


async def test_it_goes_away_more_often_than_there_may_be_connections(
    kind: Any, network: Proxy, janua_redis_prefix: str, pg_url: str, block: Any, settle: Any
) -> None:
    """Connections that were lost do not count."""
    async with (
        block(kind.Redis(network.url, prefix=janua_redis_prefix, max_connections=2)) as redis,
        block(kind.Cache(redis, strict=True)) as cache,
        block(kind.Database(pg_url, cache=cache)) as db,
    ):
        for number in range(4):
            await settle(db.execute(q.SET, (1, number)))
            for _ in range(2):
                assert number == await settle(db.fetch_one(q.TOTAL))
            network.cut()
        assert 4 == cache.stats().hits
