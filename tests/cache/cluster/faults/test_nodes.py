"""Nodes of a cluster fail, are replaced, and give slots away: what is read is right, and goes on being read."""

from __future__ import annotations

from shutil import which
from typing import Any

import pytest
from janua import TLS
from janua.cache.stamps import Keyspace
from janua.errors import InvalidationFailed
from redis.crc import key_slot

from tests.cache.cluster.faults.conftest import NODES, client_of, prefix_on
from tests.cache.cluster.faults.moving import moving
from tests.cache.test_rights import CERTIFICATE, use
from tests.runtime.redis import servers

HOME = 0
"""The node of the tables."""


@pytest.mark.parametrize("node", range(2), ids=["tables", "answers"])
@pytest.mark.parametrize("fault", ["killed", "frozen"])
async def test_a_node_is_away_and_comes_back(world: Any, fault: str, node: int) -> None:
    """Reads go on; writes are undone while it is the tables'; then answers are kept again."""
    with servers.cluster() as nodes:
        async with world(nodes, HOME) as here:
            nodes[node].stop() if fault == "killed" else nodes[node].freeze()
            for value in range(30, 33):
                written = await here.write(value)
                assert not (written and node == HOME)
            nodes[node].start() if fault == "killed" else nodes[node].thaw()
            await here.recovers(40)
            print(here.reads, here.undone)


async def test_other_nodes_answers_count_while_one_is_away(world: Any) -> None:
    """Where the cluster goes on without it, only its own are missed."""
    with servers.cluster() as nodes:
        for node in nodes:
            with client_of(node) as client:
                client.config_set("cluster-require-full-coverage", "no")
        async with world(nodes, HOME) as here:
            nodes[1].stop()
            await here.compare()
            before = here.hits()
            for _ in range(3):
                await here.compare()
            assert here.hits() - before >= 3 * 2 * 3
            assert await here.write(50)
            nodes[1].start()
            await here.recovers(60)


@pytest.mark.parametrize("node", range(2), ids=["answers", "tables"])
@pytest.mark.parametrize("way", ["killed", "asked"])
async def test_a_replica_takes_over(world: Any, node: int, way: str) -> None:
    """It may lack what its primary had: it begins empty where it is the tables', and nobody has to be restarted."""
    with servers.cluster(replicas=1) as nodes:
        async with world(nodes, home=1 - node) as here:
            heir = nodes[NODES]
            if way == "killed":
                nodes[0].stop()
            else:
                with client_of(heir) as client:
                    client.execute_command("CLUSTER FAILOVER")
            for value in range(30, 33):
                await here.write(value)
            await here.recovers(40)
            with client_of(heir) as client:
                assert "master" == client.info("replication")["role"]
            nodes[0].stop()
            nodes[0].start()
            await here.recovers(50)
            print(here.reads, here.undone)


@pytest.mark.parametrize("whose", ["tables", "answers"])
async def test_a_slot_is_moved_key_by_key(world: Any, whose: str) -> None:
    """Between any two steps of it reads and writes are right; afterwards its keys are where it is."""
    with servers.cluster() as nodes:
        async with world(nodes, HOME) as here:
            giver, taker = (0, 2) if whose == "tables" else (1, 2)
            slot = _slot(nodes[giver], whose)
            for round_ in range(2):
                value = 30 + 10 * round_
                for number, step in enumerate(moving(nodes, giver, taker, slot)):
                    step()
                    await here.write(value + number)
                await here.recovers(value + 9)
                giver, taker = taker, giver
            print(here.reads, here.undone)


def _slot(node: servers.Server, whose: str) -> int:
    if whose == "tables":
        return key_slot(Keyspace(prefix_on(HOME), is_cluster=True).run)
    with client_of(node) as client:
        return key_slot(next(iter(client.scan_iter(match="*q:{*"))))


@pytest.mark.skipif(which("redis-server") is None, reason="the embedded Valkey has no TLS")
async def test_all_nodes_are_encrypted(kind: Any, pg_url: str, block: Any, settle: Any) -> None:
    """Whoever has no certificate is refused."""
    with servers.cluster(certificate=CERTIFICATE) as nodes:
        url = f"rediss://127.0.0.1:{nodes[2].port}/0?cluster=true"
        own = TLS(ca=CERTIFICATE, cert=CERTIFICATE, key=CERTIFICATE)
        assert (7, 0) == await use(url, pg_url, kind, block, settle, tls=own)
        with pytest.raises(InvalidationFailed):
            await use(url, pg_url, kind, block, settle)
