# Derived from runtime/janua/cache/_async/legs.py by tools/derive_sync.py; do not edit.
"""The part of a round trip that goes to one node of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from redis.exceptions import NoScriptError, RedisError

from janua.cache._sync.wire import exchange, identify, receive, send
from janua.cache.stamps import Keys, Keyspace
from janua.cache.trips import Command, LegFailed, Node, by_text


class Leg:
    """A connection to a node, with what is sent there, and at which place of all the answers each one belongs."""

    def __init__(self, node: Node, connection: Any) -> None:
        self.node = node
        self.connection = connection
        self._commands: list[Command] = []
        self._places: list[int] = []

    def clear(self) -> None:
        """Begin anew with what is sent."""
        self._commands, self._places = [], []

    def add(self, command: Command, place: int) -> None:
        """Send this, too."""
        self._commands.append(command)
        self._places.append(place)

    def identify(self, space: Keyspace) -> Keys:
        """Return the keys' names in this run of the node's life."""
        with self._blamed():
            self.connection.connect()
            keys: Keys = self.connection.janua_keys or identify(self.connection, space)
            self.connection.janua_keys = keys
            return keys

    def forget(self) -> None:
        """The names do not hold any more."""
        self.connection.janua_keys = None

    def send(self) -> None:
        """Send all, and wait for nothing."""
        with self._blamed():
            self.connection.connect()
            send(self.connection, self._commands)

    def receive(self) -> list[tuple[int, Any]]:
        """Return the answers with their places."""
        with self._blamed():
            answers = receive(self.connection, self._commands)
            if any(isinstance(answer, NoScriptError) for answer in answers):
                answers = exchange(self.connection, [by_text(each) for each in self._commands])
        return list(zip(self._places, answers, strict=True))

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        try:
            yield
        except (RedisError, OSError) as error:
            raise LegFailed(self.node, error) from error


def travel(legs: Sequence[Leg]) -> list[Any]:
    """Send everything, and return all answers at their places: it takes as long as the slowest node."""
    for leg in legs:
        leg.send()
    answers = [answer for leg in legs for answer in leg.receive()]
    return [answer for _, answer in sorted(answers, key=lambda each: each[0])]
