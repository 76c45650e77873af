"""How a slot of a cluster is moved to another node."""

from __future__ import annotations

from collections.abc import Callable

import redis as redis_py

from tests.runtime.redis import servers


def moving(nodes: list[servers.Server], giver: int, taker: int, slot: int) -> list[Callable[[], None]]:
    """The steps by which a slot is moved, as ``redis-cli --cluster reshard`` takes them."""
    clients = [redis_py.Redis.from_url(node.url) for node in nodes]
    ids = [str(client.execute_command("CLUSTER MYID"), "ascii") for client in clients]

    def set_slot(node: int, *words: str) -> None:
        clients[node].execute_command("CLUSTER SETSLOT", slot, *words)

    def move(most: int) -> None:
        keys = clients[giver].execute_command("CLUSTER GETKEYSINSLOT", slot, most)
        if keys:
            clients[giver].execute_command("MIGRATE", "127.0.0.1", nodes[taker].port, "", 0, 5000, "KEYS", *keys)

    def move_the_rest() -> None:
        while clients[giver].execute_command("CLUSTER COUNTKEYSINSLOT", slot):
            move(100)

    return [
        lambda: set_slot(taker, "IMPORTING", ids[giver]),
        lambda: set_slot(giver, "MIGRATING", ids[taker]),
        lambda: move(1),
        lambda: move(1),
        move_the_rest,
        lambda: set_slot(taker, "NODE", ids[taker]),
        lambda: set_slot(giver, "NODE", ids[taker]),
    ]
