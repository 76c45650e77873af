"""Typed values under prefixed keys, over redis-py's pool."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter
from types import TracebackType
from typing import TypeVar, cast

import msgspec
import redis.asyncio as client
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff

from janua.errors import AlreadyClosed, ServerUnreachable
from janua.health import Health
from janua.redis.address import describe_address, find_url, reachable, unreadable_url

T = TypeVar("T")

_TIMEOUT = 5.0
# Every command here may be repeated; one repetition bridges a connection that died in the pool.
_RETRIES = 1


class AsyncRedis:
    """
    A Redis or Valkey server, connected on first use.

    ``url`` defaults to ``JANUA_REDIS_URL``; ``prefix`` stands before every key, so that services can
    share a server. Values are anything that msgspec encodes (builtins, dataclasses, dates, UUIDs,
    Decimals), stored as MessagePack. Calls raise ServerUnreachable where the server does not
    answer within 5 seconds, and AlreadyClosed after ``close``.
    """

    def __init__(self, url: str | None = None, *, prefix: str = "") -> None:
        """Raises ConfigError where the URL is missing or cannot be read; nothing is connected yet."""
        url = find_url(url)
        try:
            self._client = client.Redis.from_url(
                url,
                socket_timeout=_TIMEOUT,
                socket_connect_timeout=_TIMEOUT,
                retry=Retry(ExponentialBackoff(cap=0.1, base=0.01), _RETRIES),
            )
        except ValueError:
            raise unreadable_url() from None
        self._prefix = prefix
        self._address = describe_address(self._client.connection_pool.connection_kwargs)
        self._closed = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._address}>"

    async def get(self, key: str, type: type[T]) -> T | None:
        """
        Return the value, or None where the key is absent or expired.

        Raises msgspec.ValidationError where what is stored does not fit the type.
        """
        self._check_open()
        with reachable(self._address):
            data = await self._client.get(self._prefix + key)
        return None if data is None else msgspec.msgpack.decode(cast("bytes", data), type=type)

    async def set(self, key: str, value: object, ttl: timedelta | None = None) -> None:
        """Store the value, for ever or until ``ttl`` has passed (in milliseconds, at least one)."""
        self._check_open()
        if ttl is not None and ttl < timedelta(milliseconds=1):
            raise ValueError("ttl must be at least a millisecond")
        with reachable(self._address):
            await self._client.set(self._prefix + key, msgspec.msgpack.encode(value), px=ttl)

    async def delete(self, *keys: str) -> int:
        """Delete the keys and return how many of them existed."""
        self._check_open()
        if not keys:
            return 0
        with reachable(self._address):
            return int(await self._client.delete(*(self._prefix + key for key in keys)))

    async def health(self) -> Health:
        """Measure a round trip. Never raises for a server that does not answer: the result says so."""
        self._check_open()
        try:
            with reachable(self._address):
                info = await self._client.info("server")
                start = perf_counter()
                await self._client.ping()
        except ServerUnreachable as error:
            return Health(ok=False, error=str(error))
        version = info.get("valkey_version") or info.get("redis_version")
        return Health(ok=True, latency_ms=(perf_counter() - start) * 1000, server_version=str(version))

    async def close(self) -> None:
        """Close all connections; the object cannot be used again. May be called twice."""
        self._closed = True
        await self._client.aclose()

    async def __aenter__(self) -> AsyncRedis:
        self._check_open()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise AlreadyClosed(f"the connection to Redis at {self._address} has been closed; make a new one")
