# Derived from runtime/janua/redis/_async/connection.py by tools/derive_sync.py; do not edit.
"""Typed values under prefixed keys, over redis-py's pool."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from time import perf_counter
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import msgspec
import redis as client
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.connection import BlockingConnectionPool, ConnectionPool, SSLConnection, parse_url
from redis.exceptions import ConnectionError, NoScriptError, ReadOnlyError, ResponseError
from redis.retry import Retry

from janua.errors import AlreadyClosed, ConfigError, ServerUnreachable, WrongEventLoop
from janua.health import Health
from janua.redis.address import UNREACHABLE, describe_address, read_address, unreadable_url
from janua.redis.concurrency import Lock, no_loop
from janua.redis.options import (
    Patience,
    RetryStrategy,
    cluster_parameters,
    login_parameters,
    may_repeat,
    tls_parameters,
    with_tls,
)
from janua.redis.scripts import Script
from janua.tls import TLS

T = TypeVar("T")


class Redis:
    """
    A Redis or Valkey server, or a cluster of them, connected on first use.

    ``url`` defaults to ``JANUA_REDIS_URL``; ``rediss://`` encrypts, and ``tls`` says how. For a cluster it
    may name several hosts (``redis://a:6379,b:6379/0``), or say ``cluster=true`` among its options. What is
    given beside the URL goes before what it says. ``prefix`` stands before every key and channel, so that
    services can share a server. Values are anything that msgspec encodes (builtins, dataclasses, dates,
    UUIDs, Decimals), stored as MessagePack.

    ``timeout`` is how long an answer, or a free connection where all ``max_connections`` (of each node) are
    in use, is waited for; ``connect_timeout`` bounds connecting; both are in seconds. A command whose
    connection broke is repeated up to ``max_retries`` times, never after ``timeout``: it may run twice.
    ``retry_strategy(n)`` is how many seconds to wait before the n-th repetition, an exponential backoff
    with jitter by default. Then calls raise ServerUnreachable; after ``close`` they raise AlreadyClosed.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        prefix: str = "",
        username: str | None = None,
        password: str | None = None,
        db: int | None = None,
        tls: TLS | None = None,
        cluster: bool = False,
        timeout: float = 5.0,
        connect_timeout: float = 5.0,
        max_connections: int = 50,
        max_retries: int = 3,
        retry_strategy: RetryStrategy | None = None,
    ) -> None:
        """Raises ConfigError where the URL is missing or cannot be read; nothing is connected yet."""
        if "{}" in prefix:
            raise ConfigError("the prefix of Redis keys cannot contain {}, an empty hash tag")
        address = read_address(url)
        self._patience = Patience(timeout, connect_timeout, max_retries, retry_strategy)
        try:
            given = parse_url(with_tls(address.url, tls))
        except ValueError:
            raise unreadable_url() from None
        self._parameters: dict[str, Any] = {
            **self._patience.parameters(),
            "max_connections": max_connections,
            "retry": Retry(NoBackoff(), 0),
            **given,
            **login_parameters(username, password, db),
            **tls_parameters(tls),
        }
        self._nodes = address.others if cluster or address.is_cluster else None
        self._prefix = prefix
        self._address = describe_address(self._parameters)
        self._retry = Retry(self._patience.backoff(), max_retries, supported_errors=(_Broken,))
        self._lock = Lock()
        self._client: client.Redis | client.RedisCluster | None = None
        self._loop: object = None
        self._closed = False
        self._check_parameters()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._address}>"

    @property
    def prefix(self) -> str:
        """What stands before every key."""
        return self._prefix

    @property
    def timeout(self) -> float:
        """How long an answer is waited for, in seconds."""
        return self._patience.timeout

    @property
    def max_connections(self) -> int:
        """How many connections there may be at once, in a cluster to each node."""
        return int(self._parameters["max_connections"])

    @property
    def is_cluster(self) -> bool:
        """Whether the URL is that of a cluster."""
        return self._nodes is not None

    def get(self, key: str, type: type[T]) -> T | None:
        """
        Return the value, or None where the key is absent or expired.

        Raises msgspec.ValidationError where what is stored does not fit the type.
        """
        data = self.command("GET", self._prefix + key)
        return None if data is None else msgspec.msgpack.decode(cast("bytes", data), type=type)

    def set(self, key: str, value: object, ttl: timedelta | None = None) -> None:
        """Store the value, for ever or until ``ttl`` has passed (in milliseconds, at least one)."""
        self._check_open()
        expiry: tuple[str | int, ...] = ()
        if ttl is not None:
            if ttl < timedelta(milliseconds=1):
                raise ValueError("ttl must be at least a millisecond")
            expiry = ("PX", ttl // timedelta(milliseconds=1))
        self.command("SET", self._prefix + key, msgspec.msgpack.encode(value), *expiry)

    def delete(self, *keys: str) -> int:
        """Delete the keys, which may be on several nodes, and return how many of them existed."""
        self._check_open()
        names = [self._prefix + key for key in keys]
        if not names:
            return 0
        # The cluster's client sorts the keys by node.
        return int(self._repeat(lambda connection: connection.delete(*names)))

    def evaluate(self, script: Script, keys: Sequence[str], arguments: Sequence[str | int | bytes]) -> Any:
        """
        Run a Lua script, usually in one round trip, and return its answer as redis-py reads it.

        The prefix is put before ``keys``, which a cluster must hold in one slot. A server that does not
        know the script any more (restarted, SCRIPT FLUSH) is sent its text.
        """
        names = [self._prefix + key for key in keys]
        try:
            return self.command("EVALSHA", script.digest, len(names), *names, *arguments)
        except NoScriptError:
            return self.command("EVAL", script.text, len(names), *names, *arguments)

    def command(self, name: str, *arguments: str | int | bytes) -> Any:
        """Send a command as it stands, without the prefix, and return its answer as redis-py reads it."""
        return self._repeat(lambda connection: connection.execute_command(name, *arguments))

    def publish(self, channel: str, payload: bytes) -> int:
        """Send a message as it stands; in a cluster by the channel's own node, so that one sender's stay in order."""

        def send(connection: Any) -> int:
            if self._nodes is None:
                return int(connection.publish(channel, payload))
            # Looks up who serves which slots, where that is not known yet.
            connection.__enter__()
            node = connection.get_node_from_key(channel)
            return int(connection.execute_command("PUBLISH", channel, payload, target_nodes=node))

        return self._repeat(send)

    def ask_primaries(self, name: str, *arguments: str | int | bytes) -> list[Any]:
        """Send a command to the server, in a cluster to all its primaries, and return their answers."""

        def send(connection: Any) -> list[Any]:
            if self._nodes is None:
                return [connection.execute_command(name, *arguments)]
            connection.__enter__()
            nodes = connection.get_primaries()
            return [connection.execute_command(name, *arguments, target_nodes=node) for node in nodes]

        return self._repeat(send)

    def health(self) -> Health:
        """Measure a round trip. Never raises for a server that does not answer: the result says so."""
        self._check_open()
        try:
            version = self._version()
            start = perf_counter()
            self.command("PING")
        except ServerUnreachable as error:
            return Health(ok=False, error=str(error))
        return Health(ok=True, latency_ms=(perf_counter() - start) * 1000, server_version=version)

    def close(self) -> None:
        """Close all connections; the object cannot be used again. May be called twice."""
        self._closed = True
        with self._lock:
            connected, self._client = self._client, None
        if connected is not None:
            connected.close()

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _repeat(self, call: Callable[[Any], T]) -> T:
        """Run the call, and again where its connection broke. Raises ServerUnreachable in the end."""
        self._check_open()
        self._check_loop()
        deadline = perf_counter() + self._patience.timeout

        def once() -> T:
            try:
                return call(self._client or self._connect())
            except UNREACHABLE as error:
                if isinstance(error, ReadOnlyError):
                    self._disconnect()
                message = f"cannot reach Redis at {self._address}: {error}"
                if may_repeat(error) and perf_counter() < deadline:
                    raise _Broken(message) from None
                raise ServerUnreachable(message) from None

        try:
            return self._retry.call_with_retry(once, _forget)
        except _Broken as error:
            raise ServerUnreachable(str(error)) from None

    def _connect(self) -> client.Redis | client.RedisCluster:
        with self._lock:
            if self._client is None:
                self._check_open()
                self._loop = no_loop()
                self._client = self._make_cluster() if self._nodes is not None else self._make_client()
            return self._client

    def _disconnect(self) -> None:
        """Leave a server that became a replica: its address may be another's by now."""
        if isinstance(self._client, client.Redis):
            self._client.connection_pool.disconnect(inuse_connections=False)

    def _make_client(self) -> client.Redis:
        return client.Redis.from_pool(BlockingConnectionPool(timeout=self._patience.timeout, **self._parameters))

    def _make_cluster(self, **options: Any) -> client.RedisCluster:
        parameters = {**self._cluster_parameters(), **options}
        host, port = parameters.pop("host", "localhost"), parameters.pop("port", 6379)
        nodes = [ClusterNode(*node) for node in ((host, port), *(self._nodes or ()))]
        return client.RedisCluster(startup_nodes=nodes, **parameters)

    def _cluster_parameters(self) -> dict[str, Any]:
        return cluster_parameters(self._parameters, self._parameters.get("connection_class") is SSLConnection)

    def _check_parameters(self) -> None:
        """Raise ConfigError for options of the URL that redis-py would refuse only when it connects."""
        if self._nodes is not None:
            self._cluster_parameters()
        pool = ConnectionPool(**self._parameters)
        try:
            pool.connection_class(**pool.connection_kwargs)
        except (TypeError, ValueError):
            raise unreadable_url() from None

    def open_listener(self) -> ConnectionPool:
        """Return a pool beside the usual one, in a cluster to any node: each sees all messages."""
        self._check_open()
        parameters = dict(self._parameters)
        if self._nodes is not None:
            connected = cast("client.RedisCluster", self._client or self._connect())
            connected.__enter__()
            node = random.choice(connected.get_nodes())
            parameters |= {"host": node.host, "port": node.port}
        # The older protocol, in which messages are answers and not pushed in between.
        return ConnectionPool(**{**parameters, "protocol": 2})

    def open_pool(self, **parameters: Any) -> ConnectionPool:
        """
        Return a pool beside the usual one, whose connections have these parameters of redis-py, too.

        Raises ConfigError for a cluster without the ``host`` of one of its nodes.
        """
        self._check_open()
        if self._nodes is not None and "host" not in parameters:
            raise ConfigError("a cluster has no one server to connect to: name a single one here")
        return ConnectionPool(**{**self._parameters, **parameters, "protocol": 2, "decode_responses": False})

    def open_cluster(self, **parameters: Any) -> client.RedisCluster:
        """
        Return a client of the cluster beside the usual one, with these parameters of redis-py, too.

        The blocking one is connected at once.
        """
        self._check_open()
        return self._make_cluster(**parameters, protocol=2, decode_responses=False)

    def wait_before(self, repetition: int) -> float:
        """Return how many seconds to wait before connecting anew."""
        return self._patience.wait_before(repetition)

    def _version(self) -> str | None:
        """Return the server's version, or None where this user may not ask for it."""
        try:
            info = self._repeat(lambda connection: cast("Any", connection.info("server")))
        except ResponseError:
            return None
        # A cluster's client answers by node.
        if self._nodes is not None and isinstance(next(iter(info.values()), None), dict):
            info = next(iter(info.values()))
        return str(info.get("valkey_version") or info.get("redis_version"))

    def _check_loop(self) -> None:
        """Connections of another event loop would hang, or fail with its own obscure errors."""
        if self._client is not None and self._loop is not no_loop():
            raise WrongEventLoop(
                f"the connection to Redis at {self._address} belongs to another event loop, which used it first;"
                f" make a {type(self).__name__} for each"
            )

    def _check_open(self) -> None:
        if self._closed:
            raise AlreadyClosed(f"the connection to Redis at {self._address} has been closed; make a new one")


class _Broken(ConnectionError):
    """A connection that was lost: the command may be repeated."""


def _forget(_error: Exception) -> None:
    """What redis-py calls after a failure: it has closed the connection already."""
