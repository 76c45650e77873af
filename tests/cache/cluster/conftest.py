"""The fixtures of ``tests/cache``, on a cluster."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import redis as redis_py


class Way:
    """Where the cache goes: nothing is in between, but the nodes count."""

    def __init__(self, url: str, server: redis_py.RedisCluster) -> None:
        self.url = url
        self._server = server

    def calls(self, since: dict[str, int] | None = None) -> dict[str, int]:
        """How often each command that matters was sent to the nodes, in all, or ``since``."""
        counted: Counter[str] = Counter()
        for node in self._server.get_primaries():
            stats: Any = self._server.info("commandstats", target_nodes=node)
            counted.update({name.removeprefix("cmdstat_"): at["calls"] for name, at in stats.items()})
        for name in ("info", "cluster|slots", "command", "client|setinfo", "scan", "del"):
            del counted[name]
        return dict(counted - Counter(since))

    @property
    def requests(self) -> int:
        """How many commands were sent, in all."""
        return sum(self.calls().values())


@pytest.fixture(scope="session")
def janua_redis_url(cluster_url: str) -> str:
    """The address of the cluster."""
    return cluster_url


@pytest.fixture
def network(janua_redis_url: str, server: redis_py.RedisCluster) -> Way:
    """The cluster itself."""
    return Way(janua_redis_url, server)


@pytest.fixture
def janua_redis_prefix(server: redis_py.RedisCluster) -> Iterator[str]:
    """A prefix that no other test has, whose keys are deleted afterwards."""
    prefix = f"janua-test:{secrets.token_hex(8)}:"
    yield prefix
    for key in server.scan_iter(match=f"{prefix}*", count=1000):
        server.delete(key)


@pytest.fixture
def server(janua_redis_url: str) -> Iterator[redis_py.RedisCluster]:
    """All nodes of it."""
    with redis_py.RedisCluster.from_url(janua_redis_url.partition("?")[0]) as client:
        yield client
