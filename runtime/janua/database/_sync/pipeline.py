# Derived from runtime/janua/database/_async/pipeline.py by tools/derive_sync.py; do not edit.
"""Calls that share round trips: what needs no answer waits until one is needed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from janua.database._sync.exchange import run_together
from janua.database._sync.many import ManyStatements
from janua.database._sync.session import Session
from janua.database._sync.statements import Statements
from janua.database.concurrency import Lock, sleep
from janua.database.exchange import Request
from janua.database.results import Result
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")

_MOST_WAITING = 1_000


class Pipeline(Statements):
    """
    Runs calls on one connection with fewer round trips. Made by ``pipeline``.

    ``execute`` only notes its statement. A call that returns something sends all that is noted before it
    and itself together, and so do calls of several tasks or threads at once. The order of calls is kept.
    Where a noted statement fails, the next call that returns something, or the end of the block, raises.
    """

    def __init__(self, source: Statements) -> None:
        self._source = source
        self._waiting: deque[Request[Any, Any]] = deque()
        self._failures: list[BaseException] = []
        self._sending = Lock()

    @property
    def _cursor_secret(self) -> bytes | None:
        return self._source._cursor_secret

    def execute(self, query: Query[None], params: tuple[object, ...] = (), /) -> None:
        """Note a statement whose result does not matter; it is sent with the next that has one."""
        if query.timeout is not None or not self._note(query):
            self._run(query, params, Result.ignore)
            return
        self._waiting.append(Request.of(query, params, Result.ignore))
        if len(self._waiting) >= _MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Send what is noted, and wait until it has run. Raises the error of the first that failed."""
        with self._sending:
            requests = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if requests:
                with self._source._hold() as session:
                    session.check_free(requests[0].query.name)
                    run_together(session, requests, is_atomic=False)
                self._failures += [each.error for each in requests if each.error and each.read is Result.ignore]
        if self._failures:
            first, more = self._failures[0], len(self._failures) - 1
            self._failures = []
            if more:
                first.add_note(f"{more} more statements of the pipeline failed")
            raise first

    def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        if query.timeout is not None or not self._note(query):
            # It needs statements around it, which set the limit or begin a transaction.
            self.flush()
            return self._source._run(query, params, read)
        request = Request.of(query, params, read)
        self._waiting.append(request)
        # Let others add theirs.
        sleep(0)
        self.flush()
        return request.result()

    def _note(self, query: Query[Any]) -> bool:
        return self._source._note(query)

    @contextmanager
    def _hold(self) -> Iterator[Session]:
        self.flush()
        with self._source._hold() as session:
            yield session

    @contextmanager
    def _within(self) -> Iterator[ManyStatements]:
        self.flush()
        with self._source._within() as place:
            yield place


class PipelineSource(Statements):
    """On what pipelines run: a database, a connection or a transaction."""

    @contextmanager
    def pipeline(self) -> Iterator[Pipeline]:
        """
        Share round trips between the calls of a block, which run on one connection.

        Calls that return nothing are sent with the next that returns something, or at the end of the block;
        several tasks' calls go together. Each is what it is outside: on a database a transaction of its own,
        in a transaction a part of it. Leaving by an exception, what is not sent yet never is.
        """
        with self._same_connection() as source:
            pipeline = Pipeline(source)
            yield pipeline
            pipeline.flush()

    @contextmanager
    def _same_connection(self) -> Iterator[Statements]:
        yield self
