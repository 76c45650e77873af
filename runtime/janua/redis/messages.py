"""What subscribers get: messages, word of gaps, and what could not be delivered. Nothing here talks to a server."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, NamedTuple, TypeAlias, TypeVar

T = TypeVar("T")

_log = logging.getLogger("janua.redis")
_SPECIAL = re.compile(r"([*?\[\]^\\-])")


@dataclass(frozen=True, slots=True)
class Message(Generic[T]):
    """A message as it was published, and the channel; ``pattern`` is what that matched, if anything."""

    channel: str
    data: T
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """
    Messages may have been lost here: what was derived from them should be looked up anew.

    ``reason`` is ``reconnected`` where the connection was lost (since ``since``; how many messages were published
    meanwhile nobody knows), or ``slow`` where ``missed`` messages found the subscription's queue full.
    """

    reason: Literal["reconnected", "slow"]
    since: datetime
    missed: int | None = None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """
    A message that no consumer got, or that its handler failed on: ``error`` says why.

    ``payload`` is what was published. It is left out where this is printed, because it may be secret.
    """

    channel: str
    pattern: str | None
    payload: bytes = field(repr=False)
    error: Exception


ErrorHandler: TypeAlias = Callable[[Undelivered], None]


class Name(NamedTuple):
    """A channel or a pattern, as the server knows it."""

    text: bytes
    is_pattern: bool


class Arrival(NamedTuple):
    """A message as it came in."""

    channel: bytes
    payload: bytes


def channel_name(prefix: str, channel: str) -> Name:
    """Return a channel's name."""
    return Name((prefix + channel).encode(), is_pattern=False)


def pattern_name(prefix: str, pattern: str) -> Name:
    """Return a pattern's name: the prefix stands for itself, whatever characters it has."""
    return Name((_SPECIAL.sub(r"\\\1", prefix) + pattern).encode(), is_pattern=True)


def log_undelivered(undelivered: Undelivered) -> None:
    """Write down that a message was not delivered, without what is in it."""
    kind = type(undelivered.error).__name__
    _log.error("a message on channel %r was not handled: %s", undelivered.channel, kind)


def log_gap(channel: str, gap: Gap) -> None:
    """Write down that messages may have been lost."""
    _log.warning("messages on %r may have been lost (%s) since %s", channel, gap.reason, gap.since.isoformat())


class Pending:
    """
    What waits for a subscription's consumer: at most ``limit`` messages, and the gaps between them.

    Where it is full, the newest message is dropped and counted; the consumer is told where they are missing.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: deque[Arrival | Gap] = deque()
        self._messages = 0
        self._missed = 0
        self._missing_since: datetime | None = None

    def add(self, arrival: Arrival, now: datetime) -> None:
        """Keep a message, or count it where there is no room."""
        if self._messages >= self._limit:
            self._missed += 1
            self._missing_since = self._missing_since or now
            return
        self._note_missed()
        self._messages += 1
        self._entries.append(arrival)

    def add_gap(self, gap: Gap) -> None:
        """Keep word of a gap; one that follows another says nothing new."""
        self._note_missed()
        last = self._entries[-1] if self._entries else None
        if not isinstance(last, Gap) or last.reason != gap.reason:
            self._entries.append(gap)

    def take(self) -> Arrival | Gap | None:
        """Return the oldest entry, or None where there is none."""
        if not self._entries:
            self._note_missed()
        if not self._entries:
            return None
        entry = self._entries.popleft()
        self._messages -= not isinstance(entry, Gap)
        return entry

    def _note_missed(self) -> None:
        if self._missing_since is not None:
            self._entries.append(Gap("slow", self._missing_since, self._missed))
            self._missed, self._missing_since = 0, None
