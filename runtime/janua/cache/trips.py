"""What goes to Redis and comes back in one round trip. Nothing here talks to a server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from redis.exceptions import ConnectionError, MovedError, ReadOnlyError, TimeoutError

from janua.cache.stamps import Keys
from janua.redis.scripts import Script

Command: TypeAlias = tuple[Any, ...]
"""A command's words; a script in place of the first stands for its call, with one key. The second is the key."""
Build: TypeAlias = Callable[[Keys], Sequence[Any]]
Node: TypeAlias = tuple[str, int]
"""Host and port."""


class Trip(NamedTuple):
    """One round trip: the values of keys, and the answers to commands; an error is an answer."""

    keys: Keys
    values: Sequence[bytes | None]
    answers: Sequence[Any]


class LegFailed(Exception):
    """
    A node of a cluster did not answer, or not with what can be used.

    ``is_lost``: another connection may do better. ``is_elsewhere``: another node serves the slot.
    """

    def __init__(self, node: Node, error: Exception) -> None:
        super().__init__(str(error))
        self.node = node
        self.error = error
        self.is_lost = isinstance(error, (OSError, ConnectionError)) and not isinstance(error, TimeoutError)
        self.is_elsewhere = isinstance(error, (MovedError, ReadOnlyError))


def nothing(_keys: Keys) -> Sequence[Any]:
    """Read no key, or send no command."""
    return ()


def by_digest(command: Command) -> Command:
    """Return the words that are sent."""
    first, *rest = command
    return ("EVALSHA", first.digest, 1, *rest) if isinstance(first, Script) else command


def by_text(command: Command) -> Command:
    """Return the words for a server that does not know the script."""
    first, *rest = command
    return ("EVAL", first.text, 1, *rest) if isinstance(first, Script) else command


def fields_of(info: bytes | str) -> dict[str, str]:
    """Return what INFO says."""
    text = info.decode() if isinstance(info, bytes) else info
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
