"""The near cache while the node that tells it fails, is replaced, or gives its slot away."""

from __future__ import annotations

from typing import Any

import pytest
from janua.cache.stamps import Keyspace
from redis.crc import key_slot

from tests.cache import queries as q
from tests.cache.cluster.faults.conftest import NODES, client_of
from tests.cache.cluster.faults.moving import moving
from tests.cache.faults.test_near_faults import MAX_LAG, Writer, reader
from tests.cache.test_near import becomes, places, warm
from tests.runtime.redis import servers

_HOME = 0
"""The node of the tables, with this prefix."""
_SHARE = 16384 // NODES + 1


def _slot(prefix: str) -> int:
    return key_slot(Keyspace(f"{prefix}cache:", is_cluster=True).run)


_PREFIX = next(prefix for prefix in map("p{}:".format, range(1000)) if _slot(prefix) // _SHARE == _HOME)


def _begin(fault: str, nodes: list[servers.Server]) -> None:
    match fault:
        case "killed":
            nodes[_HOME].stop()
        case "frozen":
            nodes[_HOME].freeze()
        case "replaced":
            with client_of(nodes[NODES + _HOME]) as heir:
                heir.execute_command("CLUSTER FAILOVER")
        case _:
            for step in moving(nodes, _HOME, _HOME + 1, _slot(_PREFIX)):
                step()


@pytest.mark.parametrize("fault", ["killed", "frozen", "replaced", "moved"])
async def test_no_answer_is_older_than_said(kind: Any, block: Any, settle: Any, pg_url: str, fault: str) -> None:
    """Whatever happens to the node; afterwards there are near hits again, and another node tells where it must."""
    with servers.cluster(replicas=1 if fault == "replaced" else 0) as nodes:
        url = f"redis://127.0.0.1:{nodes[0].port},127.0.0.1:{nodes[1].port}/0"
        async with places(kind, block, pg_url, url, _PREFIX, max_lag=MAX_LAG) as (db, cache):
            with Writer(pg_url, url, _PREFIX) as writer:
                read_for = reader(db, settle, writer)

                await warm(cache, settle, lambda: db.fetch_one(q.TOTAL))
                await read_for(0.5)
                _begin(fault, nodes)
                await read_for(1.5)
                if fault == "killed":
                    nodes[_HOME].start()
                elif fault == "frozen":
                    nodes[_HOME].thaw()
                await read_for(1.0)
                before, written = cache.stats().near_hits, writer.last

                async def is_near() -> bool:
                    await read_for(0.1)
                    return bool(cache.stats().near_hits > before and writer.last > written)

                await becomes(is_near)
