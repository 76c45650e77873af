"""The near cache while what it listens to fails: how old an answer may be, and that it is used again afterwards."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import redis as redis_py
from janua import Database, InvalidationFailed
from janua.cache import Cache
from janua.redis import Redis

from tests.cache import queries as q
from tests.cache.test_near import becomes, places, warm
from tests.runtime.redis import servers
from tests.runtime.redis.servers import Proxy

MAX_LAG = 0.6
_FAULTS = ["killed", "cut", "silent", "paused", "frozen", "restarted", "flushed"]


class Writer:
    """Another process, which counts as fast as it can; what it was told is committed, and when, is noted."""

    def __init__(self, pg_url: str, redis_url: str, prefix: str = "") -> None:
        self._where = pg_url, redis_url, prefix
        self._ends = threading.Event()
        self._committed: list[tuple[float, int]] = [(0.0, 10)]
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def least(self, moment: float) -> int:
        """Return what was committed last before this moment."""
        return next(value for at, value in reversed(self._committed) if at < moment)

    @property
    def last(self) -> int:
        """What was committed last."""
        return self._committed[-1][1]

    def _run(self) -> None:
        pg_url, redis_url, prefix = self._where
        value = 10
        with (
            Redis(redis_url, prefix=prefix) as redis,
            Cache(redis, strict=True, timeout=0.3) as cache,
            Database(pg_url, cache=cache) as db,
        ):
            while not self._ends.wait(0.02):
                value += 1
                with suppress(InvalidationFailed):
                    db.execute(q.SET, (1, value))
                    self._committed.append((time.monotonic(), value))


def reader(db: Any, settle: Any, writer: Writer) -> Callable[[float], Awaitable[None]]:
    """What reads for so many seconds, and sees that no answer was outdated for longer than it may be."""

    async def read_for(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            start = time.monotonic()
            value = await settle(db.fetch_one(q.TOTAL))
            assert value >= writer.least(start - MAX_LAG)
            await asyncio.sleep(0.0005)

    return read_for


@contextmanager
def _fault(fault: str, server: servers.Server, network: Proxy) -> Iterator[None]:
    with redis_py.Redis.from_url(server.url) as admin:
        match fault:
            case "killed":
                assert admin.client_kill_filter(_type="pubsub") == 1
            case "cut":
                network.cut()
            case "silent":
                network.swallow()
            case "paused":
                admin.client_pause(800, all=True)
            case "frozen":
                server.freeze()
            case "flushed":
                admin.flushall()
            case _:
                server.stop()
    yield
    match fault:
        case "silent":
            network.restore()
        case "frozen":
            server.thaw()
        case "restarted":
            server.start()


@pytest.mark.parametrize("fault", _FAULTS)
async def test_no_answer_is_older_than_said(kind: Any, block: Any, settle: Any, pg_url: str, fault: str) -> None:
    """Whatever happens to the server and the way to it; afterwards there are near hits again."""
    with servers.running() as server, servers.proxy(server.port) as network:
        async with places(kind, block, pg_url, network.url, max_lag=MAX_LAG) as (db, cache):
            with Writer(pg_url, server.url) as writer:
                read_for = reader(db, settle, writer)

                await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
                await read_for(0.5)
                with _fault(fault, server, network):
                    await read_for(1.5)
                await read_for(1.0)
                before = cache.stats().near_hits

                async def is_near() -> bool:
                    await read_for(0.1)
                    return bool(cache.stats().near_hits > before)

                await becomes(is_near)
                assert writer.last > 20

            async def is_seen() -> bool:
                return bool(writer.last <= await settle(db.fetch_one(q.TOTAL)))

            await becomes(is_seen)


async def test_a_server_that_has_become_a_replica_is_not_trusted(
    kind: Any, block: Any, settle: Any, pg_url: str
) -> None:
    """Others may be telling another one by now. When it is a primary again, it is used again."""
    with servers.running() as server, servers.running() as primary, redis_py.Redis.from_url(server.url) as admin:
        async with places(kind, block, pg_url, server.url, max_lag=MAX_LAG) as (db, cache):
            await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
            admin.replicaof("127.0.0.1", str(primary.port))
            await becomes(lambda: not cache.stats().near_is_on)
            assert 10 == await settle(db.fetch_one(q.TOTAL))
            assert 0 == cache.stats().near_bytes
            admin.replicaof("NO", "ONE")
            await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
