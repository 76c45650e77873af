"""Redis and PostgreSQL fail, at each step of the protocol: what is read is right, and goes on being read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import redis as redis_py
from janua import CommitUnknown, Database, InvalidationFailed, PoolOptions, TransactionError
from janua.cache import Cache
from janua.redis import Redis
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.cache import queries as q
from tests.faults.proxy import Cut
from tests.faults.proxy import Proxy as PostgresProxy
from tests.runtime.redis import servers
from tests.runtime.redis.servers import Proxy

_STEPS = range(8)


@dataclass
class Both:
    """A process whose way to Redis fails, and another one's, whose does not."""

    db: Any
    cache: Any
    other: Database
    stats: Callable[[], Any]


@asynccontextmanager
async def both(
    kind: Any, block: Any, pg_url: str, through: str, direct: str, *, strict: bool, timeout: float = 5.0, way: str = ""
) -> AsyncIterator[Both]:
    """``through`` and ``direct`` are Redis's addresses, ``way`` is PostgreSQL's for the first process."""
    options: dict[str, Any] = {"strict": strict, "resolve_after": 0.0, "wait": 0.2}
    async with (
        block(kind.Redis(through)) as redis,
        block(kind.Cache(redis, timeout=timeout, **options)) as cache,
        block(kind.Database(way or pg_url, cache=cache, pool=PoolOptions(max_size=1, timeout=10))) as db,
    ):
        with (
            Redis(direct) as other_redis,
            Cache(other_redis, timeout=5.0, **options) as other_cache,
            Database(pg_url, cache=other_cache) as other,
        ):
            yield Both(db, cache, other, other_cache.stats)


async def _becomes(condition: Callable[[], Any]) -> None:
    """Wait until something is so."""
    for _ in range(2000):
        answer = condition()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it has never become so")


@pytest.fixture
def balance(behind: Any) -> Callable[[], int]:
    """What the database says."""
    return lambda: int(behind("SELECT sum(balance) FROM accounts")[0][0])


@pytest.mark.parametrize("number", _STEPS)
@pytest.mark.parametrize("way", ["alone", "transaction", "opaque"])
async def test_an_answer_to_a_strict_writer_is_lost(
    kind: Any, block: Any, settle: Any, pg_url: str, balance: Callable[[], int], number: int, way: str
) -> None:
    """At any step: the write is told or rolled back, and nobody is given what it has outdated."""
    with servers.running() as server, servers.proxy(server.port) as network:
        async with both(kind, block, pg_url, network.url, server.url, strict=True) as places:
            for _ in range(2):
                assert 10 == await settle(places.db.fetch_one(q.TOTAL)) == places.other.fetch_one(q.TOTAL)
            network.lose_next_answer(after=number)
            for value in (20, 30):
                await _write(places.db, block, settle, value, way)
                assert balance() == places.other.fetch_one(q.TOTAL)
                assert balance() == await settle(places.db.fetch_one(q.TOTAL))
            assert 30 == balance()


async def _write(db: Any, block: Any, settle: Any, value: int, way: str) -> None:
    if way == "alone":
        await settle(db.execute(q.SET, (1, value)))
    elif way == "opaque":
        await settle(db.raw(f"UPDATE accounts SET balance = {value}; SELECT 1"))
    else:
        async with block(db.transaction()) as tx:
            await settle(tx.execute(q.SET, (1, 99)))
            await settle(tx.execute(q.SET, (1, value)))


@pytest.mark.parametrize("number", _STEPS)
async def test_an_answer_to_a_reader_is_lost(
    kind: Any, block: Any, settle: Any, pg_url: str, balance: Callable[[], int], number: int
) -> None:
    """At any step, also of the first reads, which make the keys: it reads on, and what it keeps is right."""
    with servers.running() as server, servers.proxy(server.port) as network:
        async with both(kind, block, pg_url, network.url, server.url, strict=True) as places:
            network.lose_next_answer(after=number)
            for value in (20, 30, 40):
                assert balance() == await settle(places.db.fetch_one(q.TOTAL)) == places.other.fetch_one(q.TOTAL)
                places.other.execute(q.SET, (1, value))
                assert value == await settle(places.db.fetch_one(q.TOTAL)) == places.other.fetch_one(q.TOTAL)


@pytest.mark.parametrize("number", _STEPS)
async def test_a_write_that_is_not_strict_is_told_later(
    kind: Any, block: Any, settle: Any, pg_url: str, balance: Callable[[], int], number: int
) -> None:
    """It is never undone for the cache's sake; its own process sees it at once, the others when they are told."""
    with servers.running() as server, servers.proxy(server.port) as network:
        async with both(kind, block, pg_url, network.url, server.url, strict=False) as places:
            for _ in range(2):
                assert 10 == await settle(places.db.fetch_one(q.TOTAL)) == places.other.fetch_one(q.TOTAL)
            network.lose_next_answer(after=number)
            for value in (20, 30):
                await settle(places.db.execute(q.SET, (1, value)))
                assert value == balance() == await settle(places.db.fetch_one(q.TOTAL))
            await _becomes(lambda: places.cache.stats().undelivered == 0)
            await _becomes(lambda: places.other.fetch_one(q.TOTAL) == 30)


@pytest.mark.parametrize("fault", ["stopped", "frozen", "paused", "silent"])
@pytest.mark.parametrize("strict", [True, False])
async def test_redis_is_away_and_comes_back(
    kind: Any, block: Any, settle: Any, pg_url: str, balance: Callable[[], int], fault: str, strict: bool
) -> None:
    """Reads go on; a strict write is undone, another is told later; afterwards answers are kept again."""
    with servers.running() as server, servers.proxy(server.port) as network:
        async with both(kind, block, pg_url, network.url, server.url, strict=strict, timeout=0.2) as places:
            for _ in range(2):
                assert 10 == await settle(places.db.fetch_one(q.TOTAL)) == places.other.fetch_one(q.TOTAL)
            _begin_fault(server, network, fault)
            try:
                if strict:
                    with pytest.raises(InvalidationFailed):
                        await settle(places.db.execute(q.SET, (1, 20)))
                else:
                    await settle(places.db.execute(q.SET, (1, 20)))
                assert (10 if strict else 20) == balance() == await settle(places.db.fetch_one(q.TOTAL))
            finally:
                _end_fault(server, network, fault)
            await _becomes(lambda: places.cache.stats().undelivered == 0)
            await _becomes(lambda: places.other.fetch_one(q.TOTAL) == balance())
            await _becomes(lambda: _writes(places, settle))
            assert 40 == balance()
            await _becomes(lambda: places.other.fetch_one(q.TOTAL) == 40)
            hits = places.cache.stats().hits
            await _becomes(lambda: _hits(places, settle, hits, 40))


async def _writes(places: Both, settle: Any) -> bool:
    try:
        await settle(places.db.execute(q.SET, (1, 40)))
    except InvalidationFailed:
        return False
    return True


async def _hits(places: Both, settle: Any, before: int, expected: int) -> bool:
    assert expected == await settle(places.db.fetch_one(q.TOTAL)) == places.other.fetch_one(q.TOTAL)
    return bool(places.cache.stats().hits > before)


def _begin_fault(server: servers.Server, network: Proxy, fault: str) -> None:
    match fault:
        case "stopped":
            server.stop()
        case "frozen":
            server.freeze()
        case "silent":
            network.swallow()
        case _:
            with redis_py.Redis.from_url(server.url) as client:
                client.client_pause(3_000, all=True)


def _end_fault(server: servers.Server, network: Proxy, fault: str) -> None:
    match fault:
        case "stopped":
            server.start()
        case "frozen":
            server.thaw()
        case "silent":
            network.restore()


async def test_redis_throws_keys_out_all_the_time(
    kind: Any, block: Any, settle: Any, pg_url: str, balance: Callable[[], int]
) -> None:
    """With ``maxmemory`` and ``allkeys-random``, any key may be gone at any time."""
    with servers.running() as server, redis_py.Redis.from_url(server.url) as client:
        async with both(kind, block, pg_url, server.url, server.url, strict=True) as places:
            used = int(client.info("memory")["used_memory"])
            client.config_set("maxmemory-policy", "allkeys-random")
            client.config_set("maxmemory", used + 300_000)
            for value in range(100):
                with suppress(redis_py.exceptions.OutOfMemoryError):
                    for filler in range(15):
                        client.set(f"filler:{value}:{filler}", b"x" * 5000)
                with suppress(InvalidationFailed):
                    await settle(places.db.execute(q.SET, (1, value)))
                for _ in range(2):
                    assert balance() == places.other.fetch_one(q.TOTAL) == await settle(places.db.fetch_one(q.TOTAL))
            assert balance() > 50
            assert int(client.info("stats")["evicted_keys"]) > 100
            assert places.cache.stats().hits + places.stats().hits > 0


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("certain", [False, True])
async def test_the_connection_to_postgresql_is_lost_at_commit(
    kind: Any, block: Any, settle: Any, pg_url: str, balance: Callable[[], int], cut: Cut, certain: bool
) -> None:
    """Whatever became of the transaction is what everybody reads."""
    place = conninfo_to_dict(pg_url)
    proxy = PostgresProxy(f"{place['host']}/.s.PGSQL.{place.get('port', 5432)}")
    way = make_conninfo(pg_url, host="127.0.0.1", port=proxy.port, sslmode="disable", gssencmode="disable")
    try:
        with servers.running() as server:
            async with both(kind, block, pg_url, server.url, server.url, strict=True, way=way) as places:
                for _ in range(2):
                    assert 10 == await settle(places.db.fetch_one(q.TOTAL)) == places.other.fetch_one(q.TOTAL)
                # First one that is not cut: the proxy looks for statements by their text, which is sent once.
                await _commits(places, block, settle, certain, 15)
                for _ in range(2):
                    assert 15 == places.other.fetch_one(q.TOTAL) == await settle(places.db.fetch_one(q.TOTAL))
                proxy.cut = cut
                await _commits(places, block, settle, certain, 20)
                assert 1 == proxy.cuts
                for _ in range(3):
                    assert balance() == places.other.fetch_one(q.TOTAL)
                    assert balance() == await settle(places.db.fetch_one(q.TOTAL))
                await _becomes(lambda: places.other.fetch_one(q.TOTAL) == balance() and places.stats().hits > 1)
    finally:
        proxy.close()


async def _commits(places: Both, block: Any, settle: Any, certain: bool, value: int) -> None:
    with suppress(TransactionError, CommitUnknown, psycopg.OperationalError):
        async with block(places.db.transaction(certain=certain)) as tx:
            await settle(tx.execute(q.SET, (1, value)))
