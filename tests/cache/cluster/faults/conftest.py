"""A cluster of each test's own, with two processes that use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import redis as redis_py
from janua import Database, InvalidationFailed, PoolOptions
from janua.cache import Cache
from janua.cache.stamps import Keyspace
from janua.redis import Redis
from redis.crc import key_slot

from tests.cache import queries as q
from tests.runtime.redis import servers

ACCOUNTS = range(1, 13)
NODES = 3


def prefix_on(node: int) -> str:
    """A prefix whose tables' keys are on this node of three."""
    return next(
        prefix
        for prefix in map("p{}:".format, range(1000))
        if key_slot(Keyspace(prefix, is_cluster=True).run) // (16384 // NODES + 1) == node
    )


@dataclass
class World:
    """
    Two processes, one of them blocking, and what the database has.

    There are accounts enough for answers on each node.
    """

    db: Any
    cache: Any
    other: Database
    other_cache: Cache
    behind: Callable[..., list[Any]]
    settle: Callable[[Any], Awaitable[Any]]
    undone: int = 0
    reads: int = 0

    async def write(self, value: int) -> bool:
        """Write all balances, one by one; False where one of the writes was rolled back."""
        before = self.undone
        for account in ACCOUNTS:
            try:
                await self.settle(self.db.execute(q.SET, (account, value)))
            except InvalidationFailed:
                self.undone += 1
            await self.compare(account)
        return before == self.undone

    async def compare(self, *accounts: int) -> None:
        """Both processes are given what the database has."""
        for account in accounts or ACCOUNTS:
            [(balance,)] = self.behind("SELECT balance FROM accounts WHERE id = %s", account)
            assert balance == self.other.fetch_one(q.GET, (account,)).balance
            assert balance == (await self.settle(self.db.fetch_one(q.GET, (account,)))).balance
            self.reads += 2

    def hits(self) -> int:
        """How many answers came out of the cache."""
        return int(self.cache.stats().hits + self.other_cache.stats().hits)

    async def recovers(self, value: int) -> None:
        """After a while everything is written, and everything comes out of the cache, in both processes."""
        for _ in range(300):
            with suppress(psycopg.OperationalError):
                if await self.write(value) and await self._all_hit():
                    return
        raise AssertionError((self.undone, self.cache.stats(), self.other_cache.stats()))

    async def _all_hit(self) -> bool:
        await self.compare()
        before = self.hits()
        await self.compare()
        return self.hits() - before == 2 * len(ACCOUNTS)


@pytest.fixture
def world(kind: Any, block: Any, settle: Any, pg_url: str, behind: Any) -> Callable[..., Any]:
    """What makes one, on a cluster's nodes."""
    from contextlib import asynccontextmanager

    behind("INSERT INTO accounts SELECT n, 'x', 10 FROM generate_series(2, 12) n")

    @asynccontextmanager
    async def world(nodes: list[servers.Server], home: int, *, strict: bool = True) -> Any:
        url = f"redis://127.0.0.1:{nodes[0].port},127.0.0.1:{nodes[1].port}/0"
        options: dict[str, Any] = {
            "strict": strict,
            "resolve_after": 0.0,
            "wait": 0.2,
            "timeout": 0.3,
            "prefix": prefix_on(home),
        }
        async with (
            block(kind.Redis(url)) as redis,
            block(kind.Cache(redis, **options)) as cache,
            block(kind.Database(pg_url, cache=cache, pool=PoolOptions(max_size=1, timeout=10))) as db,
        ):
            with (
                Redis(url) as other_redis,
                Cache(other_redis, **options) as other_cache,
                Database(pg_url, cache=other_cache) as other,
            ):
                here = World(db, cache, other, other_cache, behind, settle)
                await here.recovers(20)
                yield here

    return world


@contextmanager
def client_of(node: servers.Server) -> Iterator[redis_py.Redis]:
    """A connection to one node."""
    with redis_py.Redis.from_url(node.url) as client:
        yield client
