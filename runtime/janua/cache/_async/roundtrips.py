"""Round trips to Redis, on connections that know in which run of the server's life they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, TypeAlias

from redis.exceptions import NoScriptError, ReadOnlyError, RedisError, ResponseError

from janua.cache.stamps import Keys
from janua.errors import ServerUnreachable
from janua.redis import AsyncRedis
from janua.redis.concurrency import AsyncSemaphore
from janua.redis.scripts import Script

Command: TypeAlias = tuple[Any, ...]
"""A command's words; a script in place of the first stands for its call."""
Build: TypeAlias = Callable[[Keys], Sequence[Command]]

_REST = 1.0


class AsyncRoundTrips:
    """
    Sends commands together. After a failure Redis is left alone for a second, and nobody waits for it.

    The keys' names hold the server's ``run_id`` and ``master_replid``, read by each connection when it connects: a
    server that was restarted, restored or replaced begins empty, whatever it has loaded.
    """

    def __init__(self, redis: AsyncRedis, prefix: str, timeout: float) -> None:
        self._prefix = f"{redis.prefix}{prefix}"
        self._factory = redis.open_pool(
            socket_timeout=timeout, socket_connect_timeout=timeout, redis_connect_func=self._identify
        )
        self._free: list[Any] = []
        self._slots = AsyncSemaphore(self._factory.max_connections)
        self._away_until = 0.0
        self._is_closed = False

    async def __call__(self, build: Build, *, anyway: bool = False) -> list[Any]:
        """
        Send what ``build`` makes of the keys' names, and return the answers; an error is one of them.

        Raises ServerUnreachable where Redis does not answer, with ``anyway`` only after it was asked.
        """
        if not anyway and monotonic() < self._away_until:
            raise ServerUnreachable("Redis did not answer a moment ago")
        async with self._slots:
            try:
                return await self._try(build)
            except (RedisError, OSError) as error:
                self._away_until = monotonic() + _REST
                raise ServerUnreachable(f"Redis does not answer: {type(error).__name__}") from None

    async def _try(self, build: Build) -> list[Any]:
        while True:
            is_reused = bool(self._free)
            connection = self._free.pop() if is_reused else self._factory.make_connection()
            try:
                return await self._exchange(connection, build)
            except (ConnectionError, OSError, RedisError) as error:
                # The server may have closed it while nobody looked; each of our commands may be sent again.
                if not is_reused or isinstance(error, TimeoutError):
                    raise

    async def _exchange(self, connection: Any, build: Build) -> list[Any]:
        is_whole = False
        try:
            await connection.connect()
            keys: Keys = connection.janua_keys
            commands = build(keys)
            answers = await self._send(connection, commands) if commands else []
            if any(isinstance(answer, NoScriptError) for answer in answers):
                answers = await self._send(connection, commands, by_text=True)
            is_whole = not any(isinstance(answer, ReadOnlyError) for answer in answers)
            if not is_whole:
                # It became a replica: what it holds is not what others write.
                raise ReadOnlyError("the server has become a replica")
            return answers
        finally:
            if is_whole and not self._is_closed:
                self._free.append(connection)
            else:
                await connection.disconnect()

    async def _send(self, connection: Any, commands: Sequence[Command], *, by_text: bool = False) -> list[Any]:
        packed = connection.pack_commands([_words(each, by_text) for each in commands])
        await connection.send_packed_command(packed)
        answers: list[Any] = []
        for _ in commands:
            try:
                answers.append(await connection.read_response())
            except ResponseError as error:
                answers.append(error)
        return answers

    async def _identify(self, connection: Any) -> None:
        """Called by redis-py for each new connection."""
        await connection.on_connect()
        identity = []
        for section, names in (("server", ("run_id",)), ("replication", ("role", "master_replid"))):
            await connection.send_command("INFO", section)
            found = _fields(await connection.read_response())
            identity += [found.get(name, "") for name in names]
        if identity[1] not in ("master", ""):
            raise ReadOnlyError("the server is a replica")
        connection.janua_keys = Keys(self._prefix, ",".join(identity))

    async def close(self) -> None:
        """Close the connections that nobody uses; the others close when their round trip ends."""
        self._is_closed = True
        while self._free:
            await self._free.pop().disconnect()


def _words(command: Command, by_text: bool) -> Command:
    first, *rest = command
    if not isinstance(first, Script):
        return command
    return ("EVAL", first.text, 1, *rest) if by_text else ("EVALSHA", first.digest, 1, *rest)


def _fields(info: bytes | str) -> dict[str, str]:
    text = info.decode() if isinstance(info, bytes) else info
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
