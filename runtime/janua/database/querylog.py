"""Queries in the log: slow ones, failed ones, or all of them."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from janua.events import ErrorEvent, Events, QueryEvent, Unsubscribe

LOGGER = "janua.query"

_log = logging.getLogger(LOGGER)


def log_queries(events: Events, slow_threshold: float, *, every: bool, parameters: bool) -> Unsubscribe:
    """Log from now on, and return what ends it. Raises ValueError for a threshold that is no duration."""
    if isinstance(slow_threshold, bool) or not isinstance(slow_threshold, int | float) or not slow_threshold >= 0:
        raise ValueError(f"slow_threshold must be a number of seconds, at least 0, not {slow_threshold!r}")
    ends = [
        events.on("query", partial(_log_query, slow_threshold, every), parameters=parameters),
        events.on("error", _log_error, parameters=parameters),
    ]

    def stop() -> None:
        for end in ends:
            end()

    return stop


def _log_query(slow_threshold: float, every: bool, event: QueryEvent) -> None:
    if event.duration >= slow_threshold:
        _write(logging.WARNING, "slow query %s took %.1f ms", event)
    elif every:
        _write(logging.INFO, "query %s took %.1f ms", event)


def _log_error(event: ErrorEvent) -> None:
    extra = {"error": type(event.error).__name__, "sqlstate": event.sqlstate, "error_message": event.message}
    state = f" [{event.sqlstate}]" if event.sqlstate else ""
    reason = f"{extra['error']}{state}{': ' if event.message else ''}{event.message}"
    _write(logging.ERROR, "query %s failed after %.1f ms: %s", event, extra, reason)


def _write(level: int, message: str, event: QueryEvent, more: dict[str, Any] | None = None, *reason: str) -> None:
    if not _log.isEnabledFor(level):
        return
    extra: dict[str, Any] = {
        "query": event.name,
        "query_module": event.module,
        "sql": event.sql,
        "duration_ms": event.duration * 1000,
        "rows": event.rows,
        "calls": event.calls,
        **(more or {}),
    }
    if event.parameters is not None:
        extra["parameters"] = event.parameters
    _log.log(level, message, event.name, event.duration * 1000, *reason, extra=extra)
