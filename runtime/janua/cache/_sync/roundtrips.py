# Derived from runtime/janua/cache/_async/roundtrips.py by tools/derive_sync.py; do not edit.
"""Round trips to Redis: what is the same on a single server and on a cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from os import getpid
from time import monotonic
from typing import Any

from redis.exceptions import RedisClusterException, RedisError

from janua.cache.stamps import Keys, Keyspace
from janua.cache.trips import Build, Node, Trip, nothing
from janua.errors import AlreadyClosed, ServerUnreachable, WrongEventLoop
from janua.redis import Redis
from janua.redis.concurrency import Semaphore, no_loop

MOST_RUNS = 5
_REST = 1.0


class RoundTrips(ABC):
    """
    Sends commands together. After a failure Redis is left alone for a second, and nobody waits for it.

    The keys' names hold a random name for the run of the server's life. Each new connection compares its ``run_id`` and
    ``master_replid`` with those under which the name was given, and gives another one where they differ; every
    round trip looks whether the name still holds. So a server that was restarted, restored or replaced begins
    empty, whatever it has loaded, and for all connections at the same time.
    """

    def __init__(self, redis: Redis, space: Keyspace) -> None:
        self._space = space
        self._most = redis.max_connections
        self._slots = Semaphore(self._most)
        self._pid = getpid()
        self._loop: object = None
        self._away_until = 0.0
        self._is_closed = False

    def __call__(
        self, commands: Build, reads: Build = nothing, *, anyway: bool = False, at: Node | None = None
    ) -> Trip:
        """
        Read some tables' keys and send some commands, as made of the keys' names; ``at`` one of the ``nodes``.

        Raises ServerUnreachable where Redis does not answer, with ``anyway`` only after it was asked.
        """
        self._check_owner()
        if not anyway and monotonic() < self._away_until:
            raise ServerUnreachable("Redis did not answer a moment ago")
        with self._slots:
            try:
                trip = self._try(commands, reads, anyway, at)
            except (RedisError, OSError, RedisClusterException) as error:
                self._away_until = self._rested()
                raise ServerUnreachable(f"Redis does not answer: {type(error).__name__}") from None
            # Whoever has asked anyway has found it there again.
            self._away_until = 0.0
            return trip

    def _check_owner(self) -> None:
        """Leave connections of the process that forked this one alone, and refuse those of another event loop."""
        if self._is_closed:
            raise AlreadyClosed("the cache has been closed; make a new one")
        if self._pid != getpid():
            self._pid, self._loop = getpid(), None
            self._slots = Semaphore(self._most)
            self._abandon()
        loop = no_loop()
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise WrongEventLoop("the cache's connections belong to another event loop: make a cache for each")

    def _rested(self) -> float:
        """Return when to try again what has failed now."""
        return monotonic() + _REST

    @abstractmethod
    def nodes(self) -> Sequence[Node | None]:
        """Return where keys may be. Raises ServerUnreachable."""

    @abstractmethod
    def connect(self) -> tuple[Any, Keys]:
        """
        Return a connection to where the tables' keys are, beside those that are used by turns, and the keys' names.

        Raises ServerUnreachable, OSError, or redis-py's errors.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connections that nobody uses; the others close when their round trip ends."""

    @abstractmethod
    def _try(self, commands: Build, reads: Build, anyway: bool, at: Node | None) -> Trip:
        """Make the round trip. Raises redis-py's errors where it fails."""

    @abstractmethod
    def _abandon(self) -> None:
        """Forget the connections, and close none: they are another process's."""
