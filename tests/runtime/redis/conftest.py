"""Both kinds of client, on a single server and on a cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from janua import redis as blocking

from tests.runtime.redis import servers


@dataclass(frozen=True)
class Kind:
    """The classes of one kind, and how a handler of its kind is made of a function."""

    Redis: Any
    SessionStore: Any
    PubSub: Any
    RateLimiter: Any
    handler: Callable[[Callable[[Any], object]], Any]


def _blocking(function: Callable[[Any], object]) -> Any:
    return lambda event: function(event)


def _asynchronous(function: Callable[[Any], object]) -> Any:
    async def handler(event: Any) -> None:
        function(event)

    return handler


KINDS = {
    "blocking": Kind(blocking.Redis, blocking.SessionStore, blocking.PubSub, blocking.RateLimiter, _blocking),
    "asynchronous": Kind(
        blocking.AsyncRedis,
        blocking.AsyncSessionStore,
        blocking.AsyncPubSub,
        blocking.AsyncRateLimiter,
        _asynchronous,
    ),
}


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Either of the two: see ``settle`` and ``block``."""
    return KINDS[request.param]


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """The address of a cluster of three nodes, one of which is named."""
    with servers.cluster() as nodes:
        yield f"redis://127.0.0.1:{nodes[1].port}/0?cluster=true"


@pytest.fixture(params=["single", "cluster"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a server, and of a cluster."""
    return str(request.getfixturevalue("janua_redis_url" if request.param == "single" else "cluster_url"))


@pytest.fixture
def prefix(janua_redis_prefix: str) -> str:
    """A prefix that no other test has, on any server."""
    return janua_redis_prefix


@pytest.fixture
async def redis(kind: Kind, url: str, prefix: str, block: Any) -> AsyncIterator[Any]:
    """A connection with a prefix of this test's own."""
    async with block(kind.Redis(url, prefix=prefix)) as connection:
        yield connection


@pytest.fixture
def server() -> Iterator[servers.Server]:
    """A server of this test's own."""
    with servers.running() as server:
        yield server


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """What waits, at most some seconds, until something holds."""
    import asyncio

    async def eventually(holds: Callable[[], object]) -> None:
        for _ in range(1000):
            if holds():
                return
            await asyncio.sleep(0.01)
        assert holds()

    return eventually
