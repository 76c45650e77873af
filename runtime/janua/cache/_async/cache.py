"""The cache: answers of queries and other values, each until a table is written on which it depends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeVar
from weakref import WeakSet

from redis.exceptions import ResponseError

from janua.cache._async.cluster import AsyncClusterTrips
from janua.cache._async.invalidations import AsyncInvalidations, TableMarks
from janua.cache._async.near import AsyncNear
from janua.cache._async.reading import AsyncReads
from janua.cache._async.remembering import AsyncRemembering
from janua.cache._async.server import AsyncServerTrips
from janua.cache.near import NearCache
from janua.cache.statistics import CacheStats
from janua.cache.trips import Build, Command, Node
from janua.cache.values import packed, seconds_of, unpacked, value_key
from janua.errors import ConfigError, ServerUnreachable
from janua.query import EVERYTHING, CachePolicy
from janua.querycache import AsyncAsks, AsyncKnows, Place, Wanted, Writer
from janua.redis import AsyncRedis

T = TypeVar("T")

_SCANNED = 500


class AsyncCache:
    """
    A cache in Redis that gives nothing that a write has outdated. ``AsyncDatabase(cache=…)`` uses it.

    ``redis`` says where: a server or a cluster. All keys begin with its prefix and ``prefix``. It has ``timeout``
    seconds to answer, after which PostgreSQL is asked, and for a second nobody waits for Redis.

    ``strict`` rolls a transaction back, with InvalidationFailed, where Redis cannot be told of what it is about to
    write. Otherwise it is committed and Redis told as soon as it answers: meanwhile other processes may be given
    what is outdated, for at most the ``ttl`` of a query, and after the end of this process for that long.

    Of several callers that miss the same answer, in all processes, one asks the server, and the others wait for it,
    at most ``wait`` seconds. A write whose process is gone is looked into after ``resolve_after`` seconds. Values
    of more than ``max_bytes`` are not kept.

    With ``near``, answers out of Redis are kept in this process, too, and given until a message says that they are
    outdated, which takes a moment: see ``NearCache``. This process's own writes are seen at once.
    """

    def __init__(
        self,
        redis: AsyncRedis,
        *,
        prefix: str = "cache:",
        strict: bool = False,
        timeout: float = 0.5,
        wait: float = 2.0,
        resolve_after: float = 0.5,
        max_bytes: int = 1_000_000,
        near: NearCache | None = None,
    ) -> None:
        """Raises ConfigError for what a cluster does not have; nothing is connected yet."""
        self._prefix = f"{redis.prefix}{prefix}"
        self._stats = CacheStats()
        self._trips = (AsyncClusterTrips if redis.is_cluster else AsyncServerTrips)(redis, self._prefix, timeout)
        self._near = None if near is None else AsyncNear(self._trips, near, self._stats, timeout)
        self._invalidations = AsyncInvalidations(self._trips, self._stats, strict=strict)
        self._reads = AsyncReads(
            self._trips,
            self._invalidations,
            self._stats,
            self._near,
            wait=wait,
            resolve_after=resolve_after,
            max_bytes=max_bytes,
        )
        self._databases: WeakSet[Any] = WeakSet()

    def attach(self, database: AsyncKnows, /) -> None:
        """Know of a database that uses the cache."""
        self._databases.add(database)

    async def read(self, wanted: Wanted, asks: AsyncAsks, /) -> bytes | None:
        """Return what is kept, or None after having the statement run."""
        return await self._reads.read(wanted, asks)

    async def mark(self, writer: Writer, tables: Sequence[str], /) -> TableMarks:
        """Have nobody use what depends on these tables. Raises InvalidationFailed where that is not possible."""
        try:
            return await self._invalidations.mark(writer, tables)
        finally:
            # A look that began before the marks stood has found what is about to be outdated.
            self._forget_nearby(writer.place, tables)

    async def clear(self, marking: Any, /) -> None:
        """The transaction has ended: what depends on its tables may be kept again, anew."""
        await self._invalidations.clear(marking)
        self._forget_nearby(marking.place, marking.tables)

    async def invalidate(self, tables: Sequence[str] | None = None) -> None:
        """
        Forget what depends on these tables (``schema.name``), or on any: for writes by others.

        Call it after they are committed. Raises ServerUnreachable where Redis does not answer, and ConfigError
        where no database was given the cache.
        """
        for database in self._attached():
            snapshot = await database.snapshot()
            if snapshot is not None:
                outdated = EVERYTHING if tables is None else tables
                await self._invalidations.renew(snapshot.place, outdated)
                self._forget_nearby(snapshot.place, outdated)

    async def get(self, key: str, type: type[T]) -> T | None:
        """
        Return the value, or None where there is none or Redis does not answer.

        Raises msgspec.ValidationError where it is not of the type. One that depends on tables is given by
        ``remember`` alone.
        """
        found = await self._reads.peek(value_key(key))
        return None if found is None else unpacked(found, type)

    async def set(self, key: str, value: object, ttl: timedelta) -> None:
        """Keep a value for ``ttl``. Raises ServerUnreachable where Redis does not answer."""
        await self._reads.put(value_key(key), packed(value), seconds_of(ttl))

    async def remember(
        self,
        key: str,
        ttl: timedelta,
        fn: Callable[[], Awaitable[T]],
        *,
        type: Any = Any,
        tables: Sequence[str] = (),
        stale: timedelta = timedelta(0),
    ) -> T:
        """
        Return the value that is kept under the key, or call ``fn`` and keep what it returns, None too, for ``ttl``.

        ``type`` is what the value is decoded as. With ``tables`` (``schema.name``) it is forgotten as soon as one of
        them is written; ``fn`` must then read what is committed, outside of a transaction, from the database that
        has this cache. Of several callers one calls ``fn``.
        """
        asks: AsyncRemembering[T] = AsyncRemembering(self._attached()[0] if tables else None, fn)
        place = await asks.place()
        if place is None:
            return await fn()
        policy = CachePolicy(seconds_of(ttl), tuple(tables), seconds_of(stale, least=0.0))
        kept = await self._reads.read(Wanted(place, value_key(key), policy), asks)
        return asks.result() if kept is None else unpacked(kept, type)

    async def delete(self, *keys: str) -> int:
        """Delete values and return how many of them were there. Raises ServerUnreachable."""
        return _total(await self._reads.delete([value_key(key) for key in keys]))

    async def forget(self, key: str) -> bool:
        """Delete a value, and return whether it was there. Raises ServerUnreachable."""
        return await self.delete(key) > 0

    async def flush(self) -> int:
        """Delete everything under this cache's prefix, and nothing else; return how many keys that were."""
        count = sum([await self._flush(node) for node in await self._trips.nodes()])
        if self._near is not None:
            self._near.drop_all()
        return count

    async def _flush(self, node: Node | None) -> int:
        count = cursor = 0
        while True:
            scan = ("SCAN", cursor, "MATCH", self._pattern(), "COUNT", _SCANNED)
            [(at, found)] = (await self._trips(_just([scan]), anyway=True, at=node)).answers
            trip = await self._trips(_just([("UNLINK", key) for key in found]), anyway=True)
            count += _total(trip.answers)
            cursor = int(at)
            if not cursor:
                return count

    def stats(self) -> CacheStats:
        """Return what the cache has done so far, in this process."""
        return self._stats.copy()

    async def close(self) -> None:
        """Close the connections, and stop trying to tell Redis of what it has not been told yet."""
        if self._near is not None:
            await self._near.close()
        await self._invalidations.close()
        await self._trips.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def _forget_nearby(self, place: Place, tables: Sequence[str]) -> None:
        if self._near is not None:
            self._near.drop_tables(place, tables)

    def _attached(self) -> list[Any]:
        if not self._databases:
            raise ConfigError("the cache belongs to no database: give it to one, as in Database(cache=cache)")
        return list(self._databases)

    def _pattern(self) -> str:
        special = str.maketrans({each: f"\\{each}" for each in "*?[]\\^-"})
        return f"{self._prefix.translate(special)}*"


def _just(commands: Sequence[Command]) -> Build:
    return lambda _keys: commands


def _total(answers: Sequence[Any]) -> int:
    for answer in answers:
        if isinstance(answer, ResponseError):
            raise ServerUnreachable(f"Redis refuses: {answer}")
    return sum(answers)
