"""What is known of each replica, and whether a read may go there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from math import isfinite
from time import monotonic

import psycopg

from janua.database.lsn import ReplicaState, WritePosition
from janua.errors import ConfigError, SchemaDrift

# How long what a replica has said of itself is taken to hold, in seconds.
_STATE_HOLDS = 1.0
# A replica that does not answer is left alone for so long, twice as long each time.
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 15.0

# What another server may answer: the replica shuts down or starts, cancels what stands in the way of replaying,
# does not have yet what a migration has made, or is asked to write after all.
_OTHERS_MAY_ANSWER = ("57P01", "57P02", "57P03", "40001", "42", "25006")

_AFTER: ContextVar[tuple[WritePosition, ...]] = ContextVar("janua_after", default=())


@dataclass(frozen=True, slots=True)
class ReplicaOptions:
    """
    Which replicas are read from; times are in seconds.

    A query with ``@replica`` goes to those that are at most ``max_lag`` behind, None to any. One with ``@replica
    fresh`` waits at most ``max_wait`` for a replica to replay what was written, and then goes to the primary.
    Raises ValueError where a value cannot be.
    """

    max_lag: float | None = 10.0
    max_wait: float = 1.0

    def __post_init__(self) -> None:
        for name, value in (("max_lag", self.max_lag), ("max_wait", self.max_wait)):
            if value is None and name == "max_lag":
                continue
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or value is None or not isfinite(value) or value < 0:
                raise ValueError(f"ReplicaOptions: {name} must be a number of seconds from 0, not {value!r}")


@dataclass(frozen=True, slots=True)
class ReplicaStatus:
    """
    A replica as it was last seen. ``address`` is without user and password.

    ``ok`` is whether it answered as a replica, ``lag`` by how many seconds it was behind, None where that is not
    known. ``error`` is why it is not ok, or that it was not asked yet.
    """

    address: str
    ok: bool
    lag: float | None
    error: str


@dataclass(slots=True)
class ReplicaHealth:
    """What is known of one replica, from when, and when to try one again that did not answer."""

    state: ReplicaState | None = None
    error: str = "not asked yet"
    _asked_at: float = field(default=0.0)
    _failures: int = field(default=0)
    _retry_at: float = field(default=0.0)

    def claim(self) -> bool:
        """Return whether the caller may try it. Where it has failed before, only one caller at a time may."""
        if not self._failures:
            return True
        now = monotonic()
        if now < self._retry_at:
            return False
        self._pause(now)
        return True

    def learn(self, state: ReplicaState) -> None:
        """Take note of what it has just said."""
        self.state, self._asked_at, self._failures = state, monotonic(), 0
        self.error = "" if state.in_recovery else "it has been promoted: it follows no primary"

    def failed(self, error: Exception) -> None:
        """Take note that it does not answer."""
        self.state, self.error = None, " ".join(str(error).split())
        self._failures += 1
        self._pause(monotonic())

    def known(self) -> ReplicaState | None:
        """Return what it has said lately."""
        return self.state if monotonic() - self._asked_at < _STATE_HOLDS else None

    def _pause(self, now: float) -> None:
        self._retry_at = now + min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self._failures, 10))


def is_near(state: ReplicaState, max_lag: float | None) -> bool:
    """Return True for a replica that is at most so many seconds behind."""
    if not state.in_recovery:
        return False
    return max_lag is None or (state.lag is not None and state.lag <= max_lag)


def shows_all(state: ReplicaState, positions: Sequence[WritePosition]) -> bool:
    """Return True for a replica that has replayed up to all of the positions."""
    return state.in_recovery and all(state.shows(each) for each in positions)


def may_show(state: ReplicaState, positions: Sequence[WritePosition]) -> bool:
    """Return False where waiting is no use: the replica is on another timeline, or none any more."""
    histories = {(each.system, each.timeline) for each in positions}
    return state.in_recovery and histories <= {(state.system, state.timeline)}


def another_may_answer(error: Exception, *, is_connected: bool) -> bool:
    """Return True where a read that has failed so may succeed on another server."""
    if isinstance(error, SchemaDrift) or not is_connected:
        return True
    sqlstate = error.sqlstate if isinstance(error, psycopg.Error) else None
    return sqlstate is not None and sqlstate.startswith(_OTHERS_MAY_ANSWER)


@contextmanager
def reading_after(position: WritePosition) -> Iterator[None]:
    """Have fresh reads of this context, and of tasks made in it, wait for a position."""
    token = _AFTER.set((*_AFTER.get(), position))
    try:
        yield
    finally:
        _AFTER.reset(token)


def positions_asked_for(system: int | None) -> list[WritePosition]:
    """Return what the context's reads must show, of the one cluster where it is known."""
    return [each for each in _AFTER.get() if system is None or each.system == system]


def check_replicas(urls: object) -> list[str]:
    """Return the addresses. Raises ConfigError for what is no list of them."""
    if isinstance(urls, str) or not isinstance(urls, Sequence) or not all(isinstance(url, str) for url in urls):
        raise ConfigError("replicas must be a list of URLs, one for each replica")
    return list(urls)
