"""Which node of a cluster serves which key, as redis-py has it from the nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis.exceptions import RedisClusterException, RedisError

from janua.cache.trips import Node
from janua.errors import ServerUnreachable
from janua.redis import AsyncRedis
from janua.redis.concurrency import AsyncLock


class AsyncTopology:
    """Asks on first use, and again after somebody has had doubts; of several callers, one does."""

    def __init__(self, redis: AsyncRedis, timeout: float) -> None:
        self._redis = redis
        self._options = {
            "socket_timeout": timeout,
            "socket_connect_timeout": timeout,
            # Slots that nobody serves matter to those who want a key of theirs.
            "require_full_coverage": False,
        }
        self._lock = AsyncLock()
        self._client: Any = None
        self._edition = 0
        self._is_doubtful = True

    async def look(self, *, waits: bool) -> int:
        """
        See that the slots are known, and return the number of their edition. Raises redis-py's errors.

        Whoever ``waits`` needs a new one where there are doubts. The others take the old one while somebody asks:
        that may take the time of a node that does not answer.
        """
        if self._is_doubtful and (waits or self._client is None or not self._lock.locked()):
            async with self._lock:
                if self._is_doubtful:
                    await self._refresh()
                    self._is_doubtful = False
                    self._edition += 1
        return self._edition

    def doubt(self, edition: int) -> None:
        """Have it asked anew, unless that was done since."""
        if edition == self._edition:
            self._is_doubtful = True

    def node_of(self, key: bytes) -> Node:
        """Return the primary that serves a key. Raises ServerUnreachable where there is none."""
        try:
            node = self._client.get_node_from_key(key)
        except RedisClusterException:
            self._is_doubtful = True
            raise ServerUnreachable("no node of the Redis cluster serves the slot of a key") from None
        return (node.host, node.port)

    def primaries(self) -> Sequence[Node]:
        """Return the nodes that serve slots."""
        return [(node.host, node.port) for node in self._client.get_primaries()]

    async def _refresh(self) -> None:
        """Ask a node that is known, or else those of the URL, which may lead to the others again."""
        if self._client is not None:
            try:
                await self._client.nodes_manager.initialize()
                return
            except (RedisError, OSError, RedisClusterException):
                pass
        fresh: Any = self._redis.open_cluster(**self._options)
        await fresh.__aenter__()
        # Others look at it meanwhile: it is never missing.
        old, self._client = self._client, fresh
        if old is not None:
            await old.aclose()

    async def close(self) -> None:
        """Close the connections over which it asks."""
        if self._client is not None:
            await self._client.aclose()
