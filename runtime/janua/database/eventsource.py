"""How one subscribes to the events of a database, blocking or asynchronous."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, overload

from janua.database.querylog import log_queries
from janua.events import (
    ConnectEvent,
    ConnectionErrorEvent,
    DisconnectEvent,
    ErrorEvent,
    Events,
    Name,
    QueryEvent,
    TransactionEvent,
    Unsubscribe,
)


class EventSource:
    """What events can be asked of: a database."""

    _events: Events

    @overload
    def on(
        self,
        event: Literal["query", "slow_query"],
        handler: Callable[[QueryEvent], object],
        *,
        parameters: bool = False,
    ) -> Unsubscribe: ...
    @overload
    def on(
        self, event: Literal["error"], handler: Callable[[ErrorEvent], object], *, parameters: bool = False
    ) -> Unsubscribe: ...
    @overload
    def on(self, event: Literal["connect"], handler: Callable[[ConnectEvent], object]) -> Unsubscribe: ...
    @overload
    def on(self, event: Literal["disconnect"], handler: Callable[[DisconnectEvent], object]) -> Unsubscribe: ...
    @overload
    def on(
        self, event: Literal["connection_error"], handler: Callable[[ConnectionErrorEvent], object]
    ) -> Unsubscribe: ...
    @overload
    def on(self, event: Literal["transaction"], handler: Callable[[TransactionEvent], object]) -> Unsubscribe: ...
    def on(self, event: Name, handler: Callable[[Any], object], *, parameters: bool = False) -> Unsubscribe:
        """
        Call ``handler`` with each such event from now on, and return a function that ends this.

        It runs where the call runs and must be quick; what it raises is logged under ``janua.events``.
        With ``parameters`` its events hold the values that were sent: keep them out of logs. Raises ValueError for an
        unknown event and TypeError for an asynchronous function.
        """
        return self._events.on(event, handler, parameters=parameters)

    def on_connection_error(self, handler: Callable[[ConnectionErrorEvent], object]) -> Unsubscribe:
        """Call ``handler`` with each failed attempt to connect; the same as ``on("connection_error", …)``."""
        return self._events.on("connection_error", handler)

    def enable_query_logging(
        self, *, slow_threshold: float = 0.1, all: bool = False, parameters: bool = False
    ) -> Unsubscribe:
        """
        Log calls under ``janua.query`` from now on, and return a function that ends this.

        Those that take ``slow_threshold`` seconds or longer as warnings, those that fail as errors, and with
        ``all`` the others too, as information. The record has ``query``, ``sql``, ``duration_ms``, ``rows``,
        ``error``, ``sqlstate`` and ``error_message`` as attributes. Values stay out, those that the server's message
        quotes, too; with ``parameters`` the record has them as ``parameters``. It also sets what
        "slow_query" takes for slow.
        """
        stop = log_queries(self._events, slow_threshold, every=all, parameters=parameters)
        self._events.slow_threshold = slow_threshold
        return stop
