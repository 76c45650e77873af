"""Limits, and what a rate limiter answers: nothing here talks to a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from janua.redis.scripts import load_script

LIMIT = load_script("limit")
_MICROSECOND = timedelta(microseconds=1)
_FAR = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SlidingWindow:
    """
    At most ``limit`` in any stretch of time as long as ``window``, exactly, wherever it begins.

    Every call within the window is remembered: some 80 bytes each.
    """

    limit: int
    window: timedelta

    def __post_init__(self) -> None:
        if self.limit < 1 or self.window < timedelta(milliseconds=1):
            raise ValueError("SlidingWindow needs a limit of at least 1 and a window of at least a millisecond")

    @property
    def most(self) -> int:
        """The most that can ever be taken at once."""
        return self.limit

    def arguments(self) -> tuple[str, int, int]:
        """Return what the script is told: kind, limit, window in microseconds."""
        return "sliding_window", self.limit, self.window // _MICROSECOND


@dataclass(frozen=True, slots=True)
class GCRA:
    """
    A steady rate of ``limit`` per ``period``, of which ``burst`` may come at once (a leaky bucket).

    In a stretch of time t there are never more than burst + t · limit / period. One number is remembered, however
    many calls there are. The interval between two calls is kept in whole microseconds, rounded up.
    """

    limit: int
    period: timedelta
    burst: int = 1

    def __post_init__(self) -> None:
        if self.limit < 1 or self.burst < 1 or self.period < timedelta(milliseconds=1):
            raise ValueError("GCRA needs limit and burst of at least 1 and a period of at least a millisecond")

    @property
    def most(self) -> int:
        """The most that can ever be taken at once."""
        return self.burst

    def arguments(self) -> tuple[str, int, int]:
        """Return what the script is told: kind, burst, interval in microseconds."""
        return "gcra", self.burst, -(-(self.period // _MICROSECOND) // self.limit)


Limit: TypeAlias = SlidingWindow | GCRA


@dataclass(frozen=True, slots=True)
class Decision:
    """
    Whether the call may go on.

    ``remaining`` is how many more would be allowed now, by the strictest limit. ``retry_after`` is how long to wait
    until as many as were asked for are allowed, if nobody else takes them: zero where they are. At ``reset_at``, by the
    server's clock, all limits are as if never used. ``exceeded`` is the limit that holds longest of those that
    refused. Where the server did not answer, ``enforced`` is False: ``allowed`` is then what the limiter was
    told to say, the rest says nothing.
    """

    allowed: bool
    remaining: int
    retry_after: timedelta
    reset_at: datetime
    exceeded: Limit | None = None
    enforced: bool = True

    def __bool__(self) -> bool:
        return self.allowed


def limit_key(prefix: str, key: str, limit: Limit) -> str:
    """Return where a limit's state is kept: all of a key's in one slot of a cluster."""
    kind, number, duration = limit.arguments()
    # A window may change its limit and go on; another burst means another number of what is kept.
    suffix = f"{duration}" if kind == "sliding_window" else f"{number}:{duration}"
    return f"{{{prefix}{key}}}:{kind}:{suffix}"


def read_decision(limits: Sequence[Limit], states: Sequence[Sequence[int]]) -> Decision:
    """Return the decision that the script's answer means."""
    refused = [(wait, limit) for limit, (allows, _, wait, _) in zip(limits, states, strict=True) if not allows]
    longest, exceeded = max(refused, key=lambda each: each[0], default=(0, None))
    return Decision(
        allowed=not refused,
        remaining=min(left for _, left, _, _ in states),
        retry_after=timedelta(microseconds=longest),
        reset_at=_FAR + timedelta(microseconds=max(full for *_, full in states)),
        exceeded=exceeded,
    )


def unenforced(allowed: bool) -> Decision:
    """Return the decision that was chosen for when the server does not answer."""
    return Decision(allowed, remaining=0, retry_after=timedelta(), reset_at=datetime.now(UTC), enforced=False)
