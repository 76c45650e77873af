# Derived from runtime/janua/database/_async/many.py by tools/derive_sync.py; do not edit.
"""The methods that take many sets of values or give rows one by one, the same on all that runs statements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from janua.database._sync.copying import copy_rows
from janua.database._sync.exchange import run_together
from janua.database._sync.session import Session
from janua.database._sync.streaming import open_rows
from janua.database.exchange import Request
from janua.database.results import Result
from janua.database.sets import check_many, column_arrays, explain_arrays, fitting, value_sets, whole
from janua.database.settings import REPLACE_TIMEOUT, limit_of
from janua.dynamic import RowVariants
from janua.errors import ParameterError
from janua.protocols import CopySource
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")


class ManyStatements(ABC):
    """Implements this part of the protocol of an executor, whose docstrings hold here."""

    @abstractmethod
    def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        """Run the query on a connection and return what ``read`` makes of the answer."""

    @abstractmethod
    def _hold(self) -> AbstractContextManager[Session]:
        """Give the connection for the length of a block."""

    @abstractmethod
    def _within(self) -> AbstractContextManager[ManyStatements]:
        """Give what runs in one transaction for the length of a block: itself where it does so anyway."""

    @abstractmethod
    def _note(self, query: Query[Any]) -> bool:
        """Note what the query writes, for the cache. Return False where it needs a transaction for that."""

    @contextmanager
    def stream(self, query: Query[T], params: tuple[object, ...] = (), /) -> Iterator[Iterator[T]]:
        """
        Give the rows one by one for the length of a block, in constant memory.

        The transaction is the open one, in which other statements may run between the rows, or else one of
        its own on a connection of its own. However the block is left, the rest is never fetched.
        """
        with self._within() as place, open_rows(place, query, params, is_own=place is not self) as rows:
            yield rows

    def copy(self, query: Query[None] | RowVariants[None], rows: CopySource[object], /) -> int:
        """
        Copy rows into a table and return how many it took; all of them or none.

        Raises ParameterError, with the number of the row from 1, for a value that is not of its column's type.
        Meanwhile nothing else can run on the connection: TransactionError, from the iterable too.
        """
        with self._telling(whole(query)) as place, place._hold() as session:
            return copy_rows(session, query, rows)

    def bulk_all(
        self, query: Query[T] | RowVariants[T], rows: Iterable[object], params: tuple[object, ...] = (), /
    ) -> list[T]:
        """Run one statement for all rows and return what it returns. Without rows nothing is sent."""
        return self._bulk(query, rows, params, Result.all, [])

    def bulk_execute(self, query: Query[None], rows: Iterable[object], params: tuple[object, ...] = (), /) -> None:
        """Run one statement for all rows. Without rows nothing is sent."""
        self._bulk(query, rows, params, Result.ignore, None)

    def bulk_affected(self, query: Query[None], rows: Iterable[object], params: tuple[object, ...] = (), /) -> int:
        """Run one statement for all rows and return how many it touched. Without rows nothing is sent."""
        return self._bulk(query, rows, params, Result.affected, 0)

    def batch_execute(self, query: Query[None], sets: Iterable[object], /) -> None:
        """Run the statement once for each set of values, in one round trip and one transaction."""
        self._batch(query, sets, Result.ignore)

    def batch_one(self, query: Query[T], sets: Iterable[object], /) -> list[T]:
        """Do so, and return each set's only row. Raises NotFound, TooManyRows."""
        return self._batch(query, sets, Result.one)

    def batch_first(self, query: Query[T], sets: Iterable[object], /) -> list[T]:
        """Do so, and return each set's first row. Raises NotFound."""
        return self._batch(query, sets, Result.first)

    def batch_optional(self, query: Query[T], sets: Iterable[object], /) -> list[T | None]:
        """Do so, and return each set's only row or None. Raises TooManyRows."""
        return self._batch(query, sets, Result.optional)

    def batch_all(self, query: Query[T], sets: Iterable[object], /) -> list[list[T]]:
        """Do so, and return each set's rows."""
        return self._batch(query, sets, Result.all)

    @contextmanager
    def _telling(self, query: Query[Any]) -> Iterator[ManyStatements]:
        """Give what runs the query, and tells the cache of what it writes, within its ``timeout``."""
        if self._note(query):
            with self._limited(query) as place:
                yield place
        else:
            with self._within() as transaction, transaction._telling(query) as place:
                yield place

    @contextmanager
    def _limited(self, query: Query[Any]) -> Iterator[ManyStatements]:
        """Give what runs the query within its ``timeout``: a transaction, where there is one."""
        if query.timeout is None:
            yield self
            return
        with self._within() as place:
            before = place._run(REPLACE_TIMEOUT, (limit_of(query.timeout),), Result.one)
            yield place
            # after an error, the rollback that it demands has set it back
            place._run(REPLACE_TIMEOUT, (before,), Result.one)

    def _bulk(
        self,
        query: Query[T] | RowVariants[T],
        rows: Iterable[object],
        params: tuple[object, ...],
        read: Callable[[Result[T]], R],
        nothing: R,
    ) -> R:
        if isinstance(query, RowVariants):
            check_many(query.query, rows)
            rows = list(rows)
            query = fitting(query, rows)
        arrays = column_arrays(query, rows)
        if not arrays:
            return nothing
        try:
            return self._run(query, (*arrays, *params), read)
        except ParameterError as error:
            raise explain_arrays(query, arrays) or error from None

    def _batch(self, query: Query[T], sets: Iterable[object], read: Callable[[Result[T]], R]) -> list[R]:
        requests: list[Request[T, R]] = []
        for number, params in enumerate(value_sets(query, sets), 1):
            try:
                requests.append(Request.of(query, params, read))
            except ParameterError as error:
                raise _of_set(error, query, number) from None
        if requests:
            with self._telling(query) as place, place._hold() as session:
                _run_atomically(session, query, requests)
        return [request.result() for request in requests]


def _run_atomically(session: Session, query: Query[Any], requests: list[Request[Any, Any]]) -> None:
    session.check_free(query.name)
    try:
        run_together(session, requests, is_atomic=True)
    except ParameterError as error:
        number = next(at for at, each in enumerate(requests, 1) if each.error is not None)
        raise _of_set(error, query, number) from None
    for number, request in enumerate(requests, 1):
        if request.error is not None:
            place = f"set {number}" if not request.fails_at_commit else "at COMMIT, after all"
            request.error.add_note(f"{place} of {len(requests)}")
            raise request.error


def _of_set(error: ParameterError, query: Query[Any], number: int) -> ParameterError:
    return ParameterError(f"{query.name}: set {number}: {str(error).removeprefix(f'{query.name}: ')}")
