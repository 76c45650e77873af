"""One answer of a node is lost, whichever: the call tries again, and what it has done twice does no harm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cache.cluster.faults.conftest import ACCOUNTS, client_of
from tests.runtime.redis import servers

HOME = 0


@dataclass(frozen=True)
class Network:
    """The nodes, and what is between them and clients."""

    nodes: list[servers.Server]
    ways: list[servers.Proxy]


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """A cluster whose answers can be lost."""
    ways: list[servers.Proxy] = []
    with servers.cluster(networks=ways) as nodes:
        yield Network(nodes, ways)


@pytest.mark.parametrize("node", range(2), ids=["tables", "answers"])
@pytest.mark.parametrize("number", range(10))
async def test_an_answer_is_lost(world: Any, network: Network, node: int, number: int) -> None:
    """Of one that has just been connected, and of others."""
    for server in network.nodes:
        with client_of(server) as client:
            client.flushall()
    async with world(network.nodes, HOME) as here:
        for value in (30, 40):
            network.ways[node].cut()
            network.ways[node].lose_next_answer(after=number)
            assert await here.write(value)
            assert await here.write(value + 1)
            assert network.ways[node].has_lost
        assert [(len(ACCOUNTS) * 41,)] == here.behind("SELECT sum(balance)::int FROM accounts")
