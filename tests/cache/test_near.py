"""The near cache on real servers: what it saves, what it is told, and when it is not used."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis as redis_py
from janua.cache import NearCache
from janua.cache.stamps import Keys
from janua.query import CachePolicy

from tests.cache import queries as q
from tests.cache.queries import Account
from tests.runtime.redis import servers
from tests.runtime.redis.servers import Proxy

ROOT = Path(__file__).resolve().parents[2]
MINUTE = timedelta(minutes=1)


async def becomes(condition: Callable[[], Any]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = condition()
        if await answer if isinstance(answer, Awaitable) else answer:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it has never become so")


async def warm(cache: Any, settle: Any, read: Callable[[], Any]) -> None:
    """Read until the answer is a near one."""

    async def is_near() -> bool:
        before = cache.stats().near_hits
        await settle(read())
        return bool(cache.stats().near_hits > before)

    await becomes(is_near)


@asynccontextmanager
async def places(
    kind: Any, block: Any, pg_url: str, redis_url: str, prefix: str = "", **options: Any
) -> AsyncIterator[tuple[Any, Any]]:
    """A database and its cache, which has a near cache."""
    max_lag = options.pop("max_lag", 20.0)
    async with (
        block(kind.Redis(redis_url, prefix=prefix)) as redis,
        block(kind.Cache(redis, timeout=0.5, strict=True, near=NearCache(max_lag=max_lag), **options)) as cache,
        block(kind.Database(pg_url, cache=cache)) as db,
    ):
        yield db, cache


@pytest.fixture
async def near(
    kind: Any, block: Any, pg_url: str, network: Proxy, janua_redis_prefix: str
) -> AsyncIterator[tuple[Any, Any]]:
    """A database and its near cache, behind a network that counts."""
    async with places(kind, block, pg_url, network.url, janua_redis_prefix) as place:
        yield place


async def test_a_near_hit_sends_nothing(near: Any, network: Proxy, settle: Any) -> None:
    """It is a hit like others, and its rows are new objects."""
    db, cache = near
    await warm(cache, settle, lambda: db.fetch_one(q.GET, (1,)))
    before, hits = network.requests, cache.stats().hits
    for _ in range(20):
        account = await settle(db.fetch_one(q.GET, (1,)))
        assert Account(1, "Ada", 10) == account
        account.balance = 99
    assert before == network.requests
    assert 20 == cache.stats().hits - hits
    assert 20 <= cache.stats().near_hits
    assert cache.stats().near_bytes > 0


async def test_its_own_writes_are_seen_at_once(near: Any, settle: Any, block: Any) -> None:
    """Each by the next read; alone, in a transaction, and where it says by hand what has changed."""
    db, cache = near
    for value in range(8):
        await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
        await settle(db.execute(q.SET, (1, value)))
        assert value == await settle(db.fetch_one(q.TOTAL))
        await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
        async with block(db.transaction()) as tx:
            await settle(tx.execute(q.SET, (1, -value)))
            assert -value == await settle(tx.fetch_one(q.TOTAL))
        assert -value == await settle(db.fetch_one(q.TOTAL))
    assert cache.stats().near_drops >= 16


async def test_it_may_say_what_others_have_written(near: Any, settle: Any, behind: Any) -> None:
    """Seen by the next read."""
    db, cache = near
    for value, tables in ((11, ["public.accounts"]), (12, None)):
        await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
        behind(f"UPDATE accounts SET balance = {value}")
        assert value > await settle(db.fetch_one(q.TOTAL))
        await settle(cache.invalidate(tables))
        assert value == await settle(db.fetch_one(q.TOTAL))


async def test_writes_of_another_process_are_seen_soon(near: Any, other: Any, settle: Any) -> None:
    """When the message has come; and never is it the older one again."""
    db, cache = near
    for value in range(8):
        await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
        other.db.execute(q.SET, (1, value))

        async def is_seen(value: int = value) -> bool:
            return bool(value == await settle(db.fetch_one(q.TOTAL)))

        await becomes(is_seen)
        for _ in range(5):
            assert value == await settle(db.fetch_one(q.TOTAL))


async def test_a_write_to_another_table_drops_nothing(near: Any, other: Any, settle: Any) -> None:
    """Messages name the tables."""
    db, cache = near
    await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
    await warm(cache, settle, lambda: db.fetch_one(q.TOTAL_WITH_NOTES))
    # Drops of the keys' making may still be on their way.
    await asyncio.sleep(0.05)
    await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
    other.db.execute(q.ADD_NOTE, (1, "x"))

    async def is_seen() -> bool:
        return bool(11 == await settle(db.fetch_one(q.TOTAL_WITH_NOTES)))

    await becomes(is_seen)
    before = cache.stats().near_hits
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    assert 1 == cache.stats().near_hits - before


async def test_values_of_ones_own(near: Any, other: Any, settle: Any) -> None:
    """Kept as answers are; what this process changes is seen at once, what others change soon."""
    _, cache = near
    await settle(cache.set("key", "one", MINUTE))
    await warm(cache, settle, lambda: cache.get("key", str))
    await settle(cache.set("key", "two", MINUTE))
    assert "two" == await settle(cache.get("key", str))
    await warm(cache, settle, lambda: cache.get("key", str))
    other.cache.set("key", "three", MINUTE)

    async def is_seen() -> bool:
        return bool("three" == await settle(cache.get("key", str)))

    await becomes(is_seen)
    await warm(cache, settle, lambda: cache.get("key", str))
    assert await settle(cache.forget("key"))
    assert await settle(cache.get("key", str)) is None
    await settle(cache.set("key", "four", MINUTE))
    await warm(cache, settle, lambda: cache.get("key", str))
    await settle(cache.flush())
    assert await settle(cache.get("key", str)) is None


async def test_nothing_outlives_its_time(near: Any, settle: Any) -> None:
    """It ends here when it ends in Redis, however late it was found there."""
    _, cache = near
    start = time.monotonic()
    await settle(cache.set("key", "one", timedelta(seconds=1)))
    while (value := await settle(cache.get("key", str))) is not None:
        assert "one" == value
        assert time.monotonic() - start < 1.5
        await asyncio.sleep(0.01)
    assert cache.stats().near_hits > 0
    assert 0 == cache.stats().near_bytes


async def test_past_its_time_redis_is_asked(near: Any, settle: Any) -> None:
    """What may be given ``stale`` is not given by the near cache: one caller is to ask anew."""
    db, cache = near
    query = replace(q.TOTAL, cache=CachePolicy(0.3, ("public.accounts",), 60.0))
    await warm(cache, settle, lambda: db.fetch_one(query))
    await asyncio.sleep(0.35)
    before = cache.stats()
    await settle(db.fetch_one(query))
    after = cache.stats()
    assert (0, 1) == (after.near_hits - before.near_hits, after.misses + after.stale - before.misses - before.stale)


async def test_what_redis_is_not_asked_for_is_not_near(near: Any, settle: Any, block: Any, behind: Any) -> None:
    """A snapshot is answered by the server."""
    db, cache = near
    await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
    behind("UPDATE accounts SET balance = 11")
    assert 10 == await settle(db.fetch_one(q.TOTAL))
    async with block(db.transaction(isolation="repeatable read")) as tx:
        assert 11 == await settle(tx.fetch_one(q.TOTAL))


async def test_a_lost_connection_drops_everything(near: Any, other: Any, network: Proxy, settle: Any) -> None:
    """Nobody would tell of changes. When it listens again, it is used again."""
    db, cache = near
    await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
    network.cut()
    await becomes(lambda: cache.stats().near_bytes == 0)
    other.db.execute(q.SET, (1, 20))
    assert 20 == await settle(db.fetch_one(q.TOTAL))
    await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))


async def test_silence_is_not_trusted_for_longer_than_said(
    kind: Any, block: Any, pg_url: str, network: Proxy, janua_redis_prefix: str, other: Any, settle: Any
) -> None:
    """A network that swallows messages: after ``max_lag``, nothing older is given."""
    async with places(kind, block, pg_url, network.url, janua_redis_prefix, max_lag=0.4) as (db, cache):
        await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
        network.swallow()
        other.db.execute(q.SET, (1, 20))
        await asyncio.sleep(0.4)
        assert 20 == await settle(db.fetch_one(q.TOTAL))
        network.restore()
        await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))


RIGHTS = ("+client|id", "+client|tracking", "+subscribe", "+ping", "&__redis__:invalidate")


def _grant(admin: redis_py.Redis, *rights: str) -> str:
    """Let a user do what a cache needs, and this; return the address."""
    cache = (
        "~cache:*",
        *(f"+{each}" for each in ("info", "mget", "getex", "pttl", "set", "del", "eval", "evalsha", "get")),
    )
    admin.execute_command("ACL", "SETUSER", "ada", "reset", "on", ">secret", *cache, *rights)
    return f"redis://ada:secret@127.0.0.1:{admin.connection_pool.connection_kwargs['port']}/0"


async def test_these_rights_are_enough(kind: Any, block: Any, pg_url: str, settle: Any) -> None:
    """Beside those of a cache."""
    with servers.running() as server, redis_py.Redis.from_url(server.url) as admin:
        async with places(kind, block, pg_url, _grant(admin, *RIGHTS)) as (db, cache):
            await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))


@pytest.mark.parametrize("right", RIGHTS)
async def test_a_right_that_is_missing_is_told_of_once(
    kind: Any, block: Any, pg_url: str, settle: Any, caplog: pytest.LogCaptureFixture, right: str
) -> None:
    """The cache works as without a near one."""
    with servers.running() as server, redis_py.Redis.from_url(server.url) as admin:
        url = _grant(admin, *(each for each in RIGHTS if each != right))
        with caplog.at_level(logging.INFO, "janua.cache"):
            async with places(kind, block, pg_url, url) as (db, cache):
                await settle(db.fetch_one(q.TOTAL))
                await becomes(lambda: caplog.messages)
                for value in range(5):
                    await settle(db.execute(q.SET, (1, value)))
                    for _ in range(3):
                        assert value == await settle(db.fetch_one(q.TOTAL))
                assert (10, 0) == (cache.stats().hits, cache.stats().near_hits)
    [message] = caplog.messages
    assert "near cache is not used" in message
    assert "secret" not in message


async def test_a_server_that_only_says_that_it_tells_is_found_out(
    kind: Any, block: Any, pg_url: str, settle: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As behind a proxy that hands connections around: it is on only when it has heard of a change of its own."""
    monkeypatch.setattr(Keys, "told", property(lambda keys: (b"elsewhere",)))
    with servers.running() as server, caplog.at_level(logging.INFO, "janua.cache"):
        async with places(kind, block, pg_url, server.url) as (db, cache):
            await settle(db.fetch_one(q.TOTAL))
            await becomes(lambda: caplog.messages)
            for _ in range(3):
                assert 10 == await settle(db.fetch_one(q.TOTAL))
            assert (3, 0) == (cache.stats().hits, cache.stats().near_hits)
    assert ["no message arrives" in message for message in caplog.messages] == [True]


async def test_flushall_drops_everything(kind: Any, block: Any, pg_url: str, settle: Any) -> None:
    """The server says so without naming keys."""
    with servers.running() as server, redis_py.Redis.from_url(server.url) as admin:
        async with places(kind, block, pg_url, server.url) as (db, cache):
            await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
            admin.flushall()
            await becomes(lambda: cache.stats().near_bytes == 0)
            assert 10 == await settle(db.fetch_one(q.TOTAL))
            await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))


async def test_close_ends_it(kind: Any, block: Any, pg_url: str, network: Proxy, settle: Any) -> None:
    """No task and no thread is left, and that takes no time."""
    async with places(kind, block, pg_url, network.url, max_lag=60.0) as (db, cache):
        await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
        assert 1 == len(_workers())
        start = time.monotonic()
        await settle(cache.close())
        assert time.monotonic() - start < 0.4
        assert [] == _workers()
        assert 0 == cache.stats().near_bytes


def _workers() -> list[Any]:
    names = [thread.name for thread in threading.enumerate()] + [task.get_name() for task in asyncio.all_tasks()]
    return [name for name in names if name == "janua-near-cache"]


PROGRAM = """
import os, sys, time
from janua import Database
from janua.cache import Cache, NearCache
from janua.redis import Redis
from tests.cache import queries as q

def near_hit(cache, db):
    before, deadline = cache.stats().near_hits, time.monotonic() + 20
    while cache.stats().near_hits == before and time.monotonic() < deadline:
        value = db.fetch_one(q.TOTAL)
    return value

pg_url, redis_url, prefix = sys.argv[1:]
redis = Redis(redis_url, prefix=prefix)
cache = Cache(redis, strict=True, timeout=5.0, near=NearCache(max_lag=60))
with Database(pg_url, cache=cache) as db:
    assert near_hit(cache, db) == 10
if not os.fork():
    assert (cache.stats().near_bytes, cache.stats().near_is_on) == (0, False)
    with Database(pg_url, cache=cache) as db:
        assert near_hit(cache, db) == 10
        db.execute(q.SET, (1, 20))
        assert near_hit(cache, db) == 20
    cache.close()
    print("child", flush=True)
    os._exit(0)
assert os.wait()[1] == 0
with Database(pg_url, cache=cache) as db:
    assert near_hit(cache, db) == 20
cache.close()
print("parent")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_process_that_was_forked_has_one_of_its_own(
    pg_url: str, janua_redis_url: str, janua_redis_prefix: str
) -> None:
    """It begins empty, and both are told of writes."""
    command = [sys.executable, "-c", PROGRAM, pg_url, janua_redis_url, janua_redis_prefix]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ("child\nparent\n", 0) == (done.stdout, done.returncode), done.stderr
