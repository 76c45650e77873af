"""What hears of changes in Redis, so that values can be kept in this process, too."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from os import urandom
from time import monotonic
from typing import Any
from weakref import WeakSet

from redis.exceptions import (
    AskError,
    ClusterError,
    ConnectionError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TimeoutError,
    TryAgainError,
)

from janua.cache._async.roundtrips import AsyncRoundTrips
from janua.cache.near import NearCache, NearValues
from janua.cache.stamps import NOWHERE, Keys
from janua.cache.statistics import CacheStats
from janua.errors import AlreadyClosed, ServerUnreachable
from janua.querycache import Place, Wanted
from janua.redis.concurrency import AsyncSignal, AsyncWorker, Guard, async_arrival, current_loop

_log = logging.getLogger("janua.cache")

# Where the server tells a connection of the older protocol what has changed.
_CHANNEL = b"__redis__:invalidate"
_BEATS = 4
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0
# What passes: the server is away, is not the one any more, or its cluster is about to be whole again.
_LOST = (
    *(ConnectionError, TimeoutError, OSError, ServerUnreachable, ReadOnlyError),
    *(ClusterError, RedisClusterException, AskError, TryAgainError),
)
_AFTER_REFUSAL = 60.0
_MOST_DOUBLINGS = 6


class AsyncNear:
    """
    The near cache of one process: ``NearValues``, and one connection that hears what changes in Redis.

    It listens in the background from the first ``find`` on, and again after each loss. Only while it does, something is
    kept. A process that was forked begins anew. Where the server does not tell, that is logged once, and
    nothing is kept.
    """

    def __init__(self, trips: AsyncRoundTrips, options: NearCache, stats: CacheStats, timeout: float) -> None:
        self._trips = trips
        self._options = options
        self._stats = stats
        self._timeout = timeout
        self._is_closed = False
        self._has_warned = False
        self._begin_anew()
        _everywhere.add(self)

    def _begin_anew(self) -> None:
        """Have nothing and nobody in the background, as in a process that was forked just now."""
        self._guard = Guard()
        self._failures = 0
        self._loop: object = None
        self._values = NearValues(self._options.max_bytes, self._stats)
        self._worker: AsyncWorker | None = None
        self._connection: Any = None
        self._wake = AsyncSignal()

    def find(self, wanted: Wanted, tables: tuple[str, ...]) -> bytes | None:
        """Return the value that counts now."""
        if self._worker is None:
            self._listen_in_background()
        if self._loop is not current_loop():
            # Of another event loop; the round trips will say so.
            return None
        return self._values.find(wanted, tables)

    def moment(self) -> int:
        """Return what ``put`` is to be told of the moment before a look into Redis."""
        return self._values.moment()

    def put(self, moment: int, keys: Keys, wanted: Wanted, tables: tuple[str, ...], value: bytes, ends: float) -> None:
        """Keep what was found in Redis, where it ``ends`` then, unless something was said since the moment."""
        self._values.put(moment, keys, wanted, tables, value, ends)

    def drop_tables(self, place: Place, tables: Sequence[str]) -> None:
        """Forget what depends on these tables: this process is about to write them, or has."""
        self._values.drop_tables(place, tables)

    def drop_values(self, keys: Iterable[bytes]) -> None:
        """Forget values that are no answers: this process has changed them."""
        self._values.drop_values(keys)

    def drop_all(self) -> None:
        """Forget everything."""
        self._values.drop_all()

    async def close(self) -> None:
        """Listen no more."""
        self._is_closed = True
        self._wake.set()
        self._values.stop()
        if self._worker is None:
            return
        if self._connection is not None:
            # Its answer wakes the reader.
            with suppress(RedisError, OSError):
                await _send(self._connection, "PING")
        await self._worker.join(self._timeout)

    def _listen_in_background(self) -> None:
        with self._guard:
            if self._worker is None and not self._is_closed:
                self._loop = current_loop()
                self._worker = AsyncWorker(self._run, "janua-near-cache")

    async def _run(self) -> None:
        while not self._is_closed:
            pause = 0.0
            try:
                await self._listen()
            except AlreadyClosed:
                return
            except _LOST:
                pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._failures)
                self._failures = min(_MOST_DOUBLINGS, self._failures + 1)
            except RedisError as error:
                self._warn(error)
                pause = _AFTER_REFUSAL
            except Exception:
                _log.exception("listening for changes failed and is begun again")
                pause = _AFTER_REFUSAL
            if not self._is_closed:
                await self._wake.wait(pause)

    def _warn(self, error: RedisError) -> None:
        if not self._has_warned:
            self._has_warned = True
            _log.warning("the near cache is not used: Redis refuses what it needs: %s", error)

    async def _listen(self) -> None:
        connection, keys = await self._trips.connect()
        try:
            await self._track(connection, keys)
            await self._prove(connection, keys)
            self._values.start(keys)
            self._connection = connection
            await self._hear(connection, keys)
        finally:
            self._connection = None
            self._values.stop()
            await connection.disconnect()

    async def _track(self, connection: Any, keys: Keys) -> None:
        """Have the server tell: to this very connection, which then subscribes to that."""
        await _send(connection, "CLIENT", "ID")
        number = await connection.read_response()
        prefixes = [word for each in keys.told for word in ("PREFIX", each)]
        await _send(connection, "CLIENT", "TRACKING", "ON", "REDIRECT", number, "BCAST", *prefixes)
        await connection.read_response()
        await _send(connection, "SUBSCRIBE", _CHANNEL)
        await connection.read_response()

    async def _prove(self, connection: Any, keys: Keys) -> None:
        """Change something, and hear of it: what is between here and the server may not pass it on."""
        name = keys.table(NOWHERE, urandom(8).hex())
        trip = await self._trips(lambda _: [("SET", name, b"", "PX", 1)])
        if isinstance(trip.answers[0], ResponseError):
            raise trip.answers[0]
        _require(trip.keys, keys)
        deadline = monotonic() + self._timeout
        while (left := deadline - monotonic()) > 0:
            message = await async_arrival(connection, left)
            if message is not None and name in (message[2] or ()):
                return
        raise ResponseError("it accepts CLIENT TRACKING, and no message arrives")

    async def _hear(self, connection: Any, keys: Keys) -> None:
        """Take what is told. Raises ConnectionError where an answer is missing, or another server is the right one."""
        beat = self._options.max_lag / _BEATS
        asked: float | None = None
        due = monotonic()
        while not self._is_closed:
            now = monotonic()
            if asked is not None and now - asked > self._options.max_lag:
                raise ConnectionError("the server gave no sign of life")
            if now >= due:
                due = now + beat
                if asked is None:
                    await self._check(keys)
                    asked = now
                    await _send(connection, "PING")
            message = await async_arrival(connection, max(0.0, due - monotonic()))
            if message is None:
                continue
            if message[0] == b"pong":
                # What was told before it was asked has been heard.
                if asked is not None:
                    self._values.trust(asked + self._options.max_lag)
                    self._failures = 0
                asked = None
            else:
                self._take(message[2], keys)

    def _take(self, names: list[bytes] | None, keys: Keys) -> None:
        if names is None:
            self._values.drop_all()
        elif keys.run in names:
            raise ConnectionError("the server begins anew")
        else:
            self._values.drop(names)

    async def _check(self, keys: Keys) -> None:
        """See that the server is still the one that writers tell. GETEX is refused by one that has become a replica."""
        trip = await self._trips(lambda keys: [("GETEX", keys.run)])
        _require(trip.keys, keys)


async def _send(connection: Any, *command: Any) -> None:
    # What redis-py asks of a connection's health would be answered by a message.
    await connection.send_command(*command, check_health=False)


def _require(keys: Keys, expected: Keys) -> None:
    if not keys.is_same(expected):
        raise ConnectionError("the server begins anew")


_everywhere: WeakSet[AsyncNear] = WeakSet()


def _begin_anew_everywhere() -> None:
    for near in list(_everywhere):
        near._begin_anew()


if hasattr(os, "register_at_fork"):
    # Not where it is first used there: that may be by several threads at once.
    os.register_at_fork(after_in_child=_begin_anew_everywhere)
