# Derived from runtime/janua/cache/_async/cluster.py by tools/derive_sync.py; do not edit.
"""Round trips to a cluster: to the node of the tables, and to those of the other keys at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

from redis.exceptions import ConnectionError, MovedError, ResponseError

from janua.cache._sync.legs import Leg, travel
from janua.cache._sync.roundtrips import MOST_RUNS, RoundTrips
from janua.cache._sync.topology import Topology
from janua.cache._sync.wire import identify
from janua.cache.stamps import Keys, Keyspace
from janua.cache.trips import Build, Command, LegFailed, Node, Trip
from janua.errors import ServerUnreachable
from janua.redis import Redis

_KEY = 1
_MOST_ROUTES = 4
# Connections that were lost, in one round trip, before it is given up: the first may have been closed long ago.
_MOST_LOST = 2


class ClusterTrips(RoundTrips):
    """
    The node that serves the tables' slot decides what counts: its run names the keys, also those of other nodes.

    A node that does not answer is left alone for a second. Where it is not that of the tables, only keys of its own
    are missed. What is refused because a slot is being moved (ASK, TRYAGAIN) is as if Redis were away: nobody makes
    keys on the node to which it is moved before that is done.
    """

    def __init__(self, redis: Redis, prefix: str, timeout: float) -> None:
        super().__init__(redis, Keyspace(prefix, is_cluster=True))
        self._redis = redis
        self._timeout = timeout
        self._topology = Topology(redis, timeout)
        self._factories: dict[Node, Any] = {}
        self._free: dict[Node, list[Any]] = {}
        self._rests: dict[Node, float] = {}
        self._edition = 0

    def nodes(self) -> Sequence[Node | None]:
        """Return the nodes that serve slots."""
        self(lambda _: [], anyway=True)
        return self._topology.primaries()

    def connect(self) -> tuple[Any, Keys]:
        """Return a connection to the node of the tables, beside those that are used by turns, and the keys' names."""
        edition = self._look(waits=True)
        connection = self._new_connection(self._topology.node_of(self._space.run))
        try:
            connection.connect()
            return connection, identify(connection, self._space)
        except BaseException:
            self._topology.doubt(edition)
            connection.disconnect()
            raise

    def _try(self, commands: Build, reads: Build, anyway: bool, at: Node | None) -> Trip:
        lost = 0
        for number in range(_MOST_ROUTES):
            edition = self._look(waits=number > 0)
            home = self._topology.node_of(self._space.run)
            try:
                trip = self._travel(home, commands, reads, anyway, at)
            except LegFailed as failure:
                trip = None
                lost += failure.is_lost
                self._drop(failure.node)
                if not failure.is_elsewhere and not (failure.is_lost and lost <= _MOST_LOST):
                    self._topology.doubt(edition)
                    raise self._given_up(failure, home) from None
            if trip is not None:
                return trip
            self._topology.doubt(edition)
        raise ConnectionError("the slots keep moving")

    def _look(self, *, waits: bool) -> int:
        edition = self._topology.look(waits=waits)
        if edition != self._edition:
            self._edition = edition
            for node in set(self._free).difference(self._topology.primaries()):
                self._drop(node)
        return edition

    def _given_up(self, failure: LegFailed, home: Node) -> Exception:
        if failure.node == home:
            return failure.error
        self._rests[failure.node] = self._rested()
        return ServerUnreachable(f"a node of the Redis cluster does not answer: {type(failure.error).__name__}")

    def _travel(self, home: Node, commands: Build, reads: Build, anyway: bool, at: Node | None) -> Trip | None:
        """Make the round trip; None where a slot is another node's by now."""
        legs = {home: self._board(home)}
        is_whole = False
        try:
            for _ in range(MOST_RUNS):
                keys = legs[home].identify(self._space)
                is_whole = True
                read: Command = ("MGET", keys.run, *reads(keys))
                self._load(legs, [(home, read), *self._routed(commands(keys), at)], anyway)
                is_whole = False
                values, *answers = travel(list(legs.values()))
                is_whole = True
                if any(isinstance(answer, MovedError) for answer in (values, *answers)):
                    return None
                if isinstance(values, ResponseError):
                    raise LegFailed(home, values)
                if values[0] == keys.run_value:
                    return Trip(keys, values[1:], answers)
                is_whole = False
                legs[home].forget()
            raise LegFailed(home, ResponseError("others keep giving the server new names"))
        finally:
            for leg in legs.values():
                self._leave(leg, is_whole)

    def _routed(self, commands: Sequence[Command], at: Node | None) -> list[tuple[Node, Command]]:
        return [(at or self._topology.node_of(command[_KEY]), command) for command in commands]

    def _load(self, legs: dict[Node, Leg], routed: Sequence[tuple[Node, Command]], anyway: bool) -> None:
        for leg in legs.values():
            leg.clear()
        for place, (node, command) in enumerate(routed):
            if node not in legs:
                if not anyway and monotonic() < self._rests.get(node, 0.0):
                    raise ServerUnreachable("a node of the Redis cluster did not answer a moment ago")
                legs[node] = self._board(node)
            legs[node].add(command, place)

    def _board(self, node: Node) -> Leg:
        try:
            return Leg(node, self._free[node].pop())
        except (KeyError, IndexError):
            return Leg(node, self._new_connection(node))

    def _leave(self, leg: Leg, is_whole: bool) -> None:
        if is_whole and not self._is_closed:
            self._free.setdefault(leg.node, []).append(leg.connection)
        else:
            leg.connection.disconnect()

    def _new_connection(self, node: Node) -> Any:
        factory = self._factories.get(node)
        if factory is None:
            factory = self._factories[node] = self._redis.open_pool(
                host=node[0],
                port=node[1],
                socket_timeout=self._timeout,
                socket_connect_timeout=self._timeout,
                redis_connect_func=_connected,
            )
        return factory.connection_class(**factory.connection_kwargs)

    def _drop(self, node: Node) -> None:
        """Close the connections to a node that nobody uses."""
        for connection in self._free.pop(node, ()):
            connection.disconnect()

    def close(self) -> None:
        """Close the connections that nobody uses; the others close when their round trip ends."""
        self._is_closed = True
        for node in list(self._free):
            self._drop(node)
        self._topology.close()

    def _abandon(self) -> None:
        self._free, self._rests, self._edition = {}, {}, 0
        self._topology = Topology(self._redis, self._timeout)


def _connected(connection: Any) -> None:
    """Called by redis-py for each new connection: it may be in another run of the node's life."""
    connection.on_connect()
    connection.janua_keys = None
