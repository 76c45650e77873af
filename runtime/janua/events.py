"""
What a database tells those who ask: queries, connections, transactions, and what went wrong.

Handlers get one event, in the thread or task that the call runs in. They must not block, and
what they raise is logged and changes nothing. Durations are in seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import iscoroutinefunction
from traceback import format_tb
from typing import Any, Literal, TypeAlias

_log = logging.getLogger("janua.events")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryEvent:
    """
    A call that has ended: event "query" where it succeeded, "slow_query" also where it took long.

    ``name`` is "module.query", ``module`` its first part, empty for SQL that no query file holds.
    ``sql`` has placeholders and no values; ``parameters`` are the values where a handler asked for them.
    ``duration`` runs from sending to the decoded result, without waiting for a connection. ``rows`` were
    returned or touched. ``calls`` is how many sets of values shared the round trip, ``started_ns`` the
    time of the clock at its start, since 1970.
    """

    name: str
    module: str
    sql: str
    duration: float
    started_ns: int
    rows: int | None = None
    calls: int = 1
    parameters: tuple[object, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEvent(QueryEvent):
    """
    A call that has raised ``error``, be it a cancellation; ``sqlstate`` is the server's code, where it has one.

    The error itself may quote values that were sent. ``message`` is what of the server's message may go to a log.
    """

    error: BaseException
    sqlstate: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class ConnectEvent:
    """The pool has opened a connection, whose process in the server is ``pid``."""

    pid: int


@dataclass(frozen=True, slots=True)
class DisconnectEvent:
    """A connection of the pool has been closed, by either side."""

    pid: int


@dataclass(frozen=True, slots=True)
class ConnectionErrorEvent:
    """An attempt to connect has failed; others may follow."""

    error: Exception


Outcome: TypeAlias = Literal["committed", "rolled back", "unknown"]


@dataclass(frozen=True, slots=True)
class TransactionEvent:
    """An outermost transaction has ended, ``duration`` after its BEGIN; with "unknown", nobody can tell how."""

    outcome: Outcome
    duration: float


Event: TypeAlias = QueryEvent | ConnectEvent | DisconnectEvent | ConnectionErrorEvent | TransactionEvent
Name: TypeAlias = Literal["query", "slow_query", "error", "connect", "disconnect", "connection_error", "transaction"]
Unsubscribe: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Call:
    """A call that begins. ``is_alone``: no other one begins with it, so that what follows is part of it."""

    name: str
    sql: str
    calls: int
    is_alone: bool


CallEnd: TypeAlias = Callable[[QueryEvent], object]
Tracer: TypeAlias = Callable[[Call], CallEnd]
"""Called where a call begins, before it waits for a connection; what it returns is called where the call ends."""

_NAMES = ("query", "slow_query", "error", "connect", "disconnect", "connection_error", "transaction")
_OF_CALLS = frozenset(_NAMES[:3])


@dataclass(frozen=True, slots=True, eq=False)
class _Subscription:
    handler: Callable[[Any], object]
    parameters: bool


class Events:
    """
    The handlers of one database.

    ``watches_calls`` is all that a call looks at where nobody listens.
    """

    def __init__(self) -> None:
        self.watches_calls = False
        self.wants_parameters = False
        self.slow_threshold = 0.1
        self._tracers: tuple[Tracer, ...] = ()
        # Tuples, replaced as a whole: other threads go on with the one that they have.
        self._subscriptions: dict[str, tuple[_Subscription, ...]] = dict.fromkeys(_NAMES, ())

    def on(self, name: str, handler: Callable[[Any], object], *, parameters: bool = False) -> Unsubscribe:
        """Add a handler and return what removes it. Raises ValueError, TypeError as EventSource says."""
        if name not in _NAMES:
            raise ValueError(f"there is no event {name!r}; there are {', '.join(_NAMES)}")
        if not callable(handler) or iscoroutinefunction(handler):
            raise TypeError(
                "a handler is a plain function: it must not wait for anything, so it cannot be asynchronous"
            )
        subscription = _Subscription(handler, parameters)
        self._subscriptions[name] += (subscription,)
        self._count()

        def unsubscribe() -> None:
            self._subscriptions[name] = tuple(each for each in self._subscriptions[name] if each is not subscription)
            self._count()

        return unsubscribe

    def trace(self, tracer: Tracer) -> Unsubscribe:
        """Add a tracer and return what removes it."""
        # an object of its own, so that the same one may be added twice
        added = partial(tracer)
        self._tracers += (added,)
        self._count()

        def unsubscribe() -> None:
            self._tracers = tuple(each for each in self._tracers if each is not added)
            self._count()

        return unsubscribe

    def begin(self, call: Call) -> list[CallEnd]:
        """Tell the tracers of a call, and return whom to tell of its end."""
        ends: list[CallEnd] = []
        for tracer in self._tracers:
            try:
                ends.append(tracer(call))
            except Exception as error:
                _log_failure("a tracer", error)
        return ends

    def end(self, ends: Sequence[CallEnd], event: QueryEvent) -> None:
        """Tell the tracers that knew of its beginning, the last one first."""
        for end in reversed(ends):
            try:
                end(event)
            except Exception as error:
                _log_failure("a tracer", error)

    def emit(self, name: Name, event: Event, revealed: Event | None = None) -> None:
        """Tell the handlers; those who asked for parameters get ``revealed``."""
        for subscription in self._subscriptions[name]:
            try:
                subscription.handler(revealed if revealed is not None and subscription.parameters else event)
            except Exception as error:
                _log_failure(f"a handler of the event {name}", error)

    def _count(self) -> None:
        listening = [each for name in _OF_CALLS for each in self._subscriptions[name]]
        self.wants_parameters = any(each.parameters for each in listening)
        self.watches_calls = bool(listening or self._tracers)


def _log_failure(who: str, error: Exception) -> None:
    # Where it was, and of which class. Its text, and that of the error that it was told of, may hold values.
    where = "".join(format_tb(error.__traceback__))
    _log.error("%s failed: %s\n%s", who, type(error).__qualname__, where)
