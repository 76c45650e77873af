"""One call that somebody watches: measured around what runs it, told when it has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter, time_ns
from types import TracebackType
from typing import Any, Generic, TypeVar

from janua.database.exchange import Request
from janua.database.results import Result
from janua.events import Call, ErrorEvent, Events, QueryEvent
from janua.query import Query
from janua.redaction import message_of

R = TypeVar("R")


def read_nothing(result: Result[Any]) -> None:
    """Read no answer, for what is measured as a whole."""


class Observation(Generic[R]):
    """
    Measures the block, and takes the place of what reads the answer, to count its rows.

    ``calls`` is how many sets of values the block runs. ``is_alone``: no other observation begins with it.
    """

    def __init__(
        self,
        events: Events,
        query: Query[Any],
        params: tuple[object, ...] | None,
        read: Callable[[Result[Any]], R],
        calls: int = 1,
        *,
        is_alone: bool = True,
    ) -> None:
        self._events = events
        self._query = query
        self._params = params
        self._read = read
        self._calls = calls
        self._is_alone = is_alone
        self.rows: int | None = None

    def __call__(self, result: Result[Any]) -> R:
        self.rows = result.affected()
        return self._read(result)

    def __enter__(self) -> Observation[R]:
        query = self._query
        self._ends = self._events.begin(Call(query.name, query.sql, self._calls, self._is_alone))
        self.sending()
        return self

    def sending(self) -> None:
        """Take the time from here on, where there is a connection now."""
        self._started_ns = time_ns()
        self._begin = perf_counter()

    def __exit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end(error)

    def end(self, error: BaseException | None) -> None:
        """Tell how it ended."""
        events, query = self._events, self._query
        facts: dict[str, Any] = {
            "name": query.name,
            "module": query.name.rpartition(".")[0],
            "sql": query.sql,
            "duration": perf_counter() - self._begin,
            "started_ns": self._started_ns,
            "rows": self.rows,
            "calls": self._calls,
        }
        if error is not None:
            sqlstate = getattr(error, "sqlstate", None)
            failed = ErrorEvent(**facts, error=error, sqlstate=sqlstate, message=message_of(error))
            events.end(self._ends, failed)
            events.emit("error", failed, self._revealed(failed))
            return
        event = QueryEvent(**facts)
        events.end(self._ends, event)
        revealed = self._revealed(event)
        events.emit("query", event, revealed)
        if event.duration >= events.slow_threshold:
            events.emit("slow_query", event, revealed)

    def _revealed(self, event: QueryEvent) -> QueryEvent | None:
        return replace(event, parameters=self._params) if self._events.wants_parameters else None


@contextmanager
def observe_together(events: Events, requests: Sequence[Request[Any, Any]]) -> Iterator[None]:
    """Measure a block that runs many requests, and tell of each query once, with how often it ran."""
    groups: dict[Query[Any], list[Request[Any, Any]]] = {}
    for request in requests:
        groups.setdefault(request.query, []).append(request)
    is_alone = len(groups) == 1
    observations = [
        (Observation(events, query, _values(group), read_nothing, len(group), is_alone=is_alone).__enter__(), group)
        for query, group in groups.items()
    ]
    failure: BaseException | None = None
    try:
        yield
    except BaseException as error:
        failure = error
        raise
    finally:
        for observation, group in observations:
            rows = [request.rows for request in group if request.rows is not None]
            observation.rows = sum(rows) if rows else None
            observation.end(next((request.error for request in group if request.error), failure))


def _values(group: Sequence[Request[Any, Any]]) -> tuple[object, ...]:
    sets = [tuple(request.values) for request in group]
    return sets[0] if len(sets) == 1 else tuple(sets)
