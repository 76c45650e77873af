"""Where the cache's keys are while the histories run: on a server, or on a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import redis

from tests.runtime.redis import servers


class Store:
    """Servers that can be restarted, with or without what they have; ``client`` reaches all that is on them."""

    def __init__(self, nodes: list[servers.Server], url: str, client: Any) -> None:
        self.url = url
        self.client = client
        self._nodes = nodes

    def lose(self, keys: Sequence[bytes]) -> int:
        """Delete these; for a node of a cluster that has just been started, that is too early."""
        lost = 0
        for key in keys:
            with suppress(redis.exceptions.ClusterDownError):
                lost += self.client.delete(key)
        return lost

    def restart(self, seed: int, *, saves: bool) -> None:
        """Kill one of the servers and start it again: with what it had, or empty."""
        node = self._nodes[seed % len(self._nodes)]
        node.dump.unlink(missing_ok=True)
        with redis.Redis.from_url(node.url) as client:
            if saves:
                client.save()
            node.stop()
            node.start()
            client.ping()


@contextmanager
def server_store() -> Iterator[Store]:
    """A single server."""
    with servers.running() as server, redis.Redis.from_url(server.url) as client:
        yield Store([server], server.url, client)


@contextmanager
def cluster_store() -> Iterator[Store]:
    """Three nodes, of which the others go on where one is away."""
    with servers.cluster() as nodes:
        for node in nodes:
            with redis.Redis.from_url(node.url) as client:
                client.config_set("cluster-require-full-coverage", "no")
        with redis.RedisCluster.from_url(nodes[0].url) as client:
            yield Store(nodes, f"{nodes[0].url}?cluster=true", client)
