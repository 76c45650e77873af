# Derived from runtime/janua/database/_async/prepared.py by tools/derive_sync.py; do not edit.
"""A statement that no query file holds, kept to be run many times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from janua.database.results import ReadRows, Result, first_of, one_of, optional_of
from janua.query import Query

R = TypeVar("R")
S = TypeVar("S")


class Run(Protocol):
    """What runs a query on a connection and returns what ``read`` makes of the answer."""

    def __call__(self, query: Query[Any], params: tuple[object, ...], read: Callable[[Result[Any]], S], /) -> S: ...


class Prepared(Generic[R]):
    """
    What ``prepare`` of a database, connection or transaction gives; it holds no connection and needs no end.

    Like every other statement it is prepared on each connection that runs it often. ``params`` are the
    values of ``$1``, ``$2``… in this order. Errors are those of the executor that it was made by.
    """

    def __init__(self, query: Query[Any], read: ReadRows[R], run: Run) -> None:
        self._query = query
        self._read = read
        self._run = run

    def fetch_one(self, params: tuple[object, ...] = (), /) -> R:
        """Return the only row. Raises NotFound for none and TooManyRows for more than one."""
        return self._run(self._query, params, one_of(self._read))

    def fetch_optional(self, params: tuple[object, ...] = (), /) -> R | None:
        """Return the only row, or None for none. Raises TooManyRows for more than one."""
        read = optional_of(self._read)
        return self._run(self._query, params, read)

    def fetch_first(self, params: tuple[object, ...] = (), /) -> R:
        """Return the first row, whatever follows. Raises NotFound for none."""
        return self._run(self._query, params, first_of(self._read))

    def fetch_all(self, params: tuple[object, ...] = (), /) -> list[R]:
        """Return all rows, in the server's order; none for a statement that returns no rows."""
        return self._run(self._query, params, self._read)

    def execute(self, params: tuple[object, ...] = (), /) -> None:
        """Run the statement; its result does not matter."""
        self._run(self._query, params, Result.ignore)

    def affected(self, params: tuple[object, ...] = (), /) -> int:
        """Run the statement and return the number of rows that it inserted, updated, deleted or returned."""
        return self._run(self._query, params, Result.affected)
