"""A Redis for one test: nothing in it, nobody else's, and gone afterwards."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Any

import redis.asyncio as client
from redis.asyncio.connection import ConnectionPool

from janua.errors import ServerUnreachable
from janua.redis import AsyncRedis
from janua.redis.address import UNREACHABLE
from janua.testing.servers import FakeServer, find_server


class AsyncTestRedis(AsyncRedis):
    """
    A Redis object whose keys and channels are its own, and which deletes its keys when it is closed.

    The server is that of ``url`` or ``JANUA_REDIS_URL``, otherwise an embedded Valkey, which starts by itself and
    ends with its last user. With ``fake=True`` there is none at all: fakeredis does its work in memory, scripts
    included (the extra ``fake``). Takes what AsyncRedis takes otherwise; a given ``prefix`` follows the random one.
    """

    # By its name, pytest would take it for tests.
    __test__ = False

    def __init__(self, url: str | None = None, *, fake: bool = False, prefix: str = "", **options: Any) -> None:
        """Raises EmbeddedServerError where no server can be started here, ConfigError without fakeredis."""
        self._server = find_server(url, fake=fake)
        self._own_prefix = f"janua-test:{secrets.token_hex(8)}:"
        super().__init__(self._server.url, prefix=self._own_prefix + prefix, **options)

    async def clear(self) -> None:
        """Delete every key of this object, whatever the prefix that was given beside the random one."""
        pattern = f"{self._own_prefix}*"
        connected = await self._connect()
        async for key in connected.scan_iter(match=pattern, count=1000):
            await self.command("UNLINK", key)

    async def close(self) -> None:
        """Delete the keys and close all connections; the server ends with its last user. May be called twice."""
        if not self._closed:
            try:
                # A server that the test has ended has no keys any more.
                with suppress(*UNREACHABLE, ServerUnreachable):
                    await self.clear()
            finally:
                await super().close()
                self._server.close()

    def _make_client(self) -> client.Redis:
        if isinstance(self._server, FakeServer):
            made: client.Redis = self._server.library.FakeAsyncRedis(server=self._server.data)
            return made
        return super()._make_client()

    async def open_listener(self) -> ConnectionPool:
        """Return a pool beside the usual one."""
        if isinstance(self._server, FakeServer):
            return self._make_client().connection_pool
        return await super().open_listener()
