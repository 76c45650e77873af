# Derived from runtime/janua/cache/_async/server.py by tools/derive_sync.py; do not edit.
"""Round trips to a single server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis.exceptions import NoScriptError, ReadOnlyError, RedisError, ResponseError, TimeoutError

from janua.cache._sync.roundtrips import MOST_RUNS, RoundTrips
from janua.cache._sync.wire import exchange, identify
from janua.cache.stamps import Keys, Keyspace
from janua.cache.trips import Build, Command, Node, Trip, by_text
from janua.redis import Redis


class ServerTrips(RoundTrips):
    """Everything goes over one connection."""

    def __init__(self, redis: Redis, prefix: str, timeout: float) -> None:
        super().__init__(redis, Keyspace(prefix))
        self._factory = redis.open_pool(
            socket_timeout=timeout, socket_connect_timeout=timeout, redis_connect_func=self._identify
        )
        self._free: list[Any] = []

    def nodes(self) -> Sequence[Node | None]:
        """Return the one that there is."""
        return [None]

    def connect(self) -> tuple[Any, Keys]:
        """Return a connection beside those that are used by turns, and the keys' names."""
        connection = self._new_connection()
        try:
            connection.connect()
        except BaseException:
            connection.disconnect()
            raise
        return connection, connection.janua_keys

    def _try(self, commands: Build, reads: Build, anyway: bool, at: Node | None) -> Trip:
        while True:
            try:
                connection, is_reused = self._free.pop(), True
            except IndexError:
                connection, is_reused = self._new_connection(), False
            try:
                return self._exchange(connection, commands, reads)
            except (RedisError, OSError) as error:
                # The server may have closed it while nobody looked; each of our commands may be sent again.
                if not is_reused or isinstance(error, TimeoutError):
                    raise

    def _new_connection(self) -> Any:
        # redis-py's own make_connection counts those that were lost as well.
        return self._factory.connection_class(**self._factory.connection_kwargs)

    def _exchange(self, connection: Any, commands: Build, reads: Build) -> Trip:
        is_whole = False
        try:
            connection.connect()
            for _ in range(MOST_RUNS):
                keys: Keys = connection.janua_keys
                trip = self._send(connection, keys, commands(keys), reads(keys))
                if trip is not None:
                    is_whole = True
                    return trip
                connection.janua_keys = identify(connection, self._space)
            raise ResponseError("others keep giving the server new names")
        finally:
            if is_whole and not self._is_closed:
                self._free.append(connection)
            else:
                connection.disconnect()

    def _send(self, connection: Any, keys: Keys, commands: Sequence[Command], reads: Sequence[Any]) -> Trip | None:
        """Send all and read the answers; None where the keys were not those of this run of the server's life."""
        read: Command = ("MGET", keys.run, *reads)
        (run, *values), *answers = exchange(connection, [read, *commands])
        if run != keys.run_value:
            return None
        if any(isinstance(answer, NoScriptError) for answer in answers):
            answers = exchange(connection, [by_text(each) for each in commands])
        if any(isinstance(answer, ReadOnlyError) for answer in answers):
            # It became a replica: what it holds is not what others write.
            raise ReadOnlyError("the server has become a replica")
        return Trip(keys, values, answers)

    def _identify(self, connection: Any) -> None:
        """Called by redis-py for each new connection."""
        connection.on_connect()
        connection.janua_keys = identify(connection, self._space)

    def close(self) -> None:
        """Close the connections that nobody uses; the others close when their round trip ends."""
        self._is_closed = True
        while self._free:
            self._free.pop().disconnect()

    def _abandon(self) -> None:
        self._free = []
