"""The part of a round trip that goes to one node of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from redis.exceptions import NoScriptError, RedisError

from janua.cache._async.wire import exchange, identify, receive, send
from janua.cache.stamps import Keys, Keyspace
from janua.cache.trips import Command, LegFailed, Node, by_text


class AsyncLeg:
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

    async def identify(self, space: Keyspace) -> Keys:
        """Return the keys' names in this run of the node's life."""
        with self._blamed():
            await self.connection.connect()
            keys: Keys = self.connection.janua_keys or await identify(self.connection, space)
            self.connection.janua_keys = keys
            return keys

    def forget(self) -> None:
        """The names do not hold any more."""
        self.connection.janua_keys = None

    async def send(self) -> None:
        """Send all, and wait for nothing."""
        with self._blamed():
            await self.connection.connect()
            await send(self.connection, self._commands)

    async def receive(self) -> list[tuple[int, Any]]:
        """Return the answers with their places."""
        with self._blamed():
            answers = await receive(self.connection, self._commands)
            if any(isinstance(answer, NoScriptError) for answer in answers):
                answers = await exchange(self.connection, [by_text(each) for each in self._commands])
        return list(zip(self._places, answers, strict=True))

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        try:
            yield
        except (RedisError, OSError) as error:
            raise LegFailed(self.node, error) from error


async def travel(legs: Sequence[AsyncLeg]) -> list[Any]:
    """Send everything, and return all answers at their places: it takes as long as the slowest node."""
    for leg in legs:
        await leg.send()
    answers = [answer for leg in legs for answer in await leg.receive()]
    return [answer for _, answer in sorted(answers, key=lambda each: each[0])]
