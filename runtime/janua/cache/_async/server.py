"""Round trips to a single server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis.exceptions import NoScriptError, ReadOnlyError, RedisError, ResponseError, TimeoutError

from janua.cache._async.roundtrips import MOST_RUNS, AsyncRoundTrips
from janua.cache._async.wire import exchange, identify
from janua.cache.stamps import Keys, Keyspace
from janua.cache.trips import Build, Command, Node, Trip, by_text
from janua.redis import AsyncRedis


class AsyncServerTrips(AsyncRoundTrips):
    """Everything goes over one connection."""

    def __init__(self, redis: AsyncRedis, prefix: str, timeout: float) -> None:
        super().__init__(redis, Keyspace(prefix))
        self._factory = redis.open_pool(
            socket_timeout=timeout, socket_connect_timeout=timeout, redis_connect_func=self._identify
        )
        self._free: list[Any] = []

    async def nodes(self) -> Sequence[Node | None]:
        """Return the one that there is."""
        return [None]

    async def connect(self) -> tuple[Any, Keys]:
        """Return a connection beside those that are used by turns, and the keys' names."""
        connection = self._new_connection()
        try:
            await connection.connect()
        except BaseException:
            await connection.disconnect()
            raise
        return connection, connection.janua_keys

    async def _try(self, commands: Build, reads: Build, anyway: bool, at: Node | None) -> Trip:
        while True:
            try:
                connection, is_reused = self._free.pop(), True
            except IndexError:
                connection, is_reused = self._new_connection(), False
            try:
                return await self._exchange(connection, commands, reads)
            except (RedisError, OSError) as error:
                # The server may have closed it while nobody looked; each of our commands may be sent again.
                if not is_reused or isinstance(error, TimeoutError):
                    raise

    def _new_connection(self) -> Any:
        # redis-py's own make_connection counts those that were lost as well.
        return self._factory.connection_class(**self._factory.connection_kwargs)

    async def _exchange(self, connection: Any, commands: Build, reads: Build) -> Trip:
        is_whole = False
        try:
            await connection.connect()
            for _ in range(MOST_RUNS):
                keys: Keys = connection.janua_keys
                trip = await self._send(connection, keys, commands(keys), reads(keys))
                if trip is not None:
                    is_whole = True
                    return trip
                connection.janua_keys = await identify(connection, self._space)
            raise ResponseError("others keep giving the server new names")
        finally:
            if is_whole and not self._is_closed:
                self._free.append(connection)
            else:
                await connection.disconnect()

    async def _send(
        self, connection: Any, keys: Keys, commands: Sequence[Command], reads: Sequence[Any]
    ) -> Trip | None:
        """Send all and read the answers; None where the keys were not those of this run of the server's life."""
        read: Command = ("MGET", keys.run, *reads)
        (run, *values), *answers = await exchange(connection, [read, *commands])
        if run != keys.run_value:
            return None
        if any(isinstance(answer, NoScriptError) for answer in answers):
            answers = await exchange(connection, [by_text(each) for each in commands])
        if any(isinstance(answer, ReadOnlyError) for answer in answers):
            # It became a replica: what it holds is not what others write.
            raise ReadOnlyError("the server has become a replica")
        return Trip(keys, values, answers)

    async def _identify(self, connection: Any) -> None:
        """Called by redis-py for each new connection."""
        await connection.on_connect()
        connection.janua_keys = await identify(connection, self._space)

    async def close(self) -> None:
        """Close the connections that nobody uses; the others close when their round trip ends."""
        self._is_closed = True
        while self._free:
            await self._free.pop().disconnect()

    def _abandon(self) -> None:
        self._free = []
