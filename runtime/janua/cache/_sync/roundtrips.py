# Derived from runtime/janua/cache/_async/roundtrips.py by tools/derive_sync.py; do not edit.
"""Round trips to Redis, on connections that know in which run of the server's life they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import getpid
from time import monotonic
from typing import Any, NamedTuple, TypeAlias

from redis.exceptions import NoScriptError, ReadOnlyError, RedisError, ResponseError, TimeoutError

from janua.cache.stamps import IDENTIFY, Keys, new_run_name, run_key
from janua.errors import AlreadyClosed, ServerUnreachable, WrongEventLoop
from janua.redis import Redis
from janua.redis.concurrency import Semaphore, no_loop
from janua.redis.scripts import Script

Command: TypeAlias = tuple[Any, ...]
"""A command's words; a script in place of the first stands for its call, with one key."""
Build: TypeAlias = Callable[[Keys], Sequence[Any]]


class Trip(NamedTuple):
    """One round trip: the values of keys, and the answers to commands; an error is an answer."""

    keys: Keys
    values: Sequence[bytes | None]
    answers: Sequence[Any]


def nothing(_keys: Keys) -> Sequence[Any]:
    """Read no key, or send no command."""
    return ()


_MOST_RUNS = 5
_REST = 1.0


class RoundTrips:
    """
    Sends commands together. After a failure Redis is left alone for a second, and nobody waits for it.

    The keys' names hold a random name for the run of the server's life. Each new connection compares its ``run_id`` and
    ``master_replid`` with those under which the name was given, and gives another one where they differ; every
    round trip looks whether the name still holds. So a server that was restarted, restored or replaced begins
    empty, whatever it has loaded, and for all connections at the same time.
    """

    def __init__(self, redis: Redis, prefix: str, timeout: float) -> None:
        self._prefix = f"{redis.prefix}{prefix}"
        self._factory = redis.open_pool(
            socket_timeout=timeout, socket_connect_timeout=timeout, redis_connect_func=self._identify
        )
        self._free: list[Any] = []
        self._slots = Semaphore(self._factory.max_connections)
        self._pid = getpid()
        self._loop: object = None
        self._away_until = 0.0
        self._is_closed = False

    def __call__(self, commands: Build, reads: Build = nothing, *, anyway: bool = False) -> Trip:
        """
        Read some keys and send some commands, as made of the keys' names.

        Raises ServerUnreachable where Redis does not answer, with ``anyway`` only after it was asked.
        """
        self._check_owner()
        if not anyway and monotonic() < self._away_until:
            raise ServerUnreachable("Redis did not answer a moment ago")
        with self._slots:
            try:
                trip = self._try(commands, reads)
            except (RedisError, OSError) as error:
                self._away_until = monotonic() + _REST
                raise ServerUnreachable(f"Redis does not answer: {type(error).__name__}") from None
            # Whoever has asked anyway has found it there again.
            self._away_until = 0.0
            return trip

    def _check_owner(self) -> None:
        """Leave connections of the process that forked this one alone, and refuse those of another event loop."""
        if self._is_closed:
            raise AlreadyClosed("the cache has been closed; make a new one")
        if self._pid != getpid():
            self._free, self._pid, self._loop = [], getpid(), None
            self._slots = Semaphore(self._factory.max_connections)
        loop = no_loop()
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise WrongEventLoop("the cache's connections belong to another event loop: make a cache for each")

    def _try(self, commands: Build, reads: Build) -> Trip:
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
            for _ in range(_MOST_RUNS):
                keys: Keys = connection.janua_keys
                trip = self._send(connection, keys, commands(keys), reads(keys))
                if trip is not None:
                    is_whole = True
                    return trip
                self._identify_run(connection)
            raise ResponseError("others keep giving the server new names")
        finally:
            if is_whole and not self._is_closed:
                self._free.append(connection)
            else:
                connection.disconnect()

    def _send(self, connection: Any, keys: Keys, commands: Sequence[Command], reads: Sequence[Any]) -> Trip | None:
        """Send all and read the answers; None where the keys were not those of this run of the server's life."""
        read: Command = ("MGET", keys.run, *reads)
        (run, *values), *answers = self._answers(connection, [read, *commands])
        if run != keys.run_value:
            return None
        if any(isinstance(answer, NoScriptError) for answer in answers):
            answers = self._answers(connection, [_by_text(each) for each in commands])
        if any(isinstance(answer, ReadOnlyError) for answer in answers):
            # It became a replica: what it holds is not what others write.
            raise ReadOnlyError("the server has become a replica")
        return Trip(keys, values, answers)

    def _answers(self, connection: Any, commands: Sequence[Command]) -> list[Any]:
        connection.send_packed_command(connection.pack_commands([_words(each) for each in commands]))
        answers: list[Any] = []
        for _ in commands:
            try:
                answers.append(connection.read_response())
            except ResponseError as error:
                answers.append(error)
        if isinstance(answers[0], ResponseError):
            raise answers[0]
        return answers

    def _identify(self, connection: Any) -> None:
        """Called by redis-py for each new connection."""
        connection.on_connect()
        self._identify_run(connection)

    def _identify_run(self, connection: Any) -> None:
        found: dict[str, str] = {}
        for section in ("server", "replication"):
            [info] = self._answers(connection, [("INFO", section)])
            found |= _fields(info)
        if found.get("role", "master") != "master":
            raise ReadOnlyError("the server is a replica")
        identity = f"{found.get('run_id')},{found.get('master_replid')}"
        name = ("EVAL", IDENTIFY.text, 1, run_key(self._prefix), identity, new_run_name())
        [value] = self._answers(connection, [name])
        connection.janua_keys = Keys(self._prefix, value)

    def close(self) -> None:
        """Close the connections that nobody uses; the others close when their round trip ends."""
        self._is_closed = True
        while self._free:
            self._free.pop().disconnect()


def _words(command: Command) -> Command:
    first, *rest = command
    return ("EVALSHA", first.digest, 1, *rest) if isinstance(first, Script) else command


def _by_text(command: Command) -> Command:
    first, *rest = command
    return ("EVAL", first.text, 1, *rest) if isinstance(first, Script) else command


def _fields(info: bytes | str) -> dict[str, str]:
    text = info.decode() if isinstance(info, bytes) else info
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
