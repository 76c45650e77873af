"""The seams between the layers: what generated functions ask of a database, connection or transaction."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Protocol, TypeAlias, TypeVar

from janua.dynamic import RowVariants
from janua.paging import Page, Pages
from janua.query import Query

T = TypeVar("T")

Coro: TypeAlias = Coroutine[Any, Any, T]
"""What an async call returns: may be awaited once or handed to a TaskGroup; a forgotten await is reported."""

CopySource: TypeAlias = Iterable[T] | AsyncIterable[T]
"""Where the rows of a COPY come from. Only an asynchronous executor takes an asynchronous one."""


class Executor(Protocol):
    """
    A place to run statements: a database, a connection or a transaction.

    Each method runs one statement and returns when its result is here. ``params`` are the
    values of ``$1``, ``$2``… in this order.
    """

    def fetch_one(self, query: Query[T], params: tuple[object, ...] = (), /) -> T:
        """Return the only row. Raises NotFound for none and TooManyRows for more than one."""
        ...

    def fetch_optional(self, query: Query[T], params: tuple[object, ...] = (), /) -> T | None:
        """Return the only row, or None for none. Raises TooManyRows for more than one."""
        ...

    def fetch_first(self, query: Query[T], params: tuple[object, ...] = (), /) -> T:
        """Return the first row, whatever follows. Raises NotFound for none."""
        ...

    def fetch_all(self, query: Query[T], params: tuple[object, ...] = (), /) -> list[T]:
        """Return all rows, in the server's order."""
        ...

    def fetch_page(
        self,
        pages: Pages[T],
        given: tuple[bool, ...],
        params: tuple[object, ...],
        limit: int,
        after: str | None,
        /,
    ) -> Page[T]:
        """
        Return at most ``limit`` rows behind the cursor ``after``, or the first ones.

        ``given`` says which optional parameters are. Raises InvalidCursor.
        """
        ...

    def execute(self, query: Query[None], params: tuple[object, ...] = (), /) -> None:
        """Run a statement whose result does not matter."""
        ...

    def affected(self, query: Query[None], params: tuple[object, ...] = (), /) -> int:
        """Run a statement and return the number of rows that it inserted, updated, deleted or returned."""
        ...

    def stream(self, query: Query[T], params: tuple[object, ...] = (), /) -> AbstractContextManager[Iterator[T]]:
        """Give the rows one by one for the length of a block, in constant memory."""
        ...

    def copy(self, query: Query[None] | RowVariants[None], rows: CopySource[object], /) -> int:
        """Copy rows into a table, all or none; return how many it took. ParameterError has the number of a row."""
        ...

    def bulk_all(
        self, query: Query[T] | RowVariants[T], rows: Iterable[object], params: tuple[object, ...] = (), /
    ) -> list[T]:
        """Run one statement for all rows and return what it returns. Without rows nothing is sent."""
        ...

    def bulk_execute(self, query: Query[None], rows: Iterable[object], params: tuple[object, ...] = (), /) -> None:
        """Run one statement for all rows. Without rows nothing is sent."""
        ...

    def bulk_affected(self, query: Query[None], rows: Iterable[object], params: tuple[object, ...] = (), /) -> int:
        """Run one statement for all rows and return how many it touched. Without rows nothing is sent."""
        ...

    def batch_execute(self, query: Query[None], sets: Iterable[object], /) -> None:
        """Run the statement once for each set of values, in one round trip and one transaction."""
        ...

    def batch_one(self, query: Query[T], sets: Iterable[object], /) -> list[T]:
        """Do so, and return each set's only row. Raises NotFound, TooManyRows."""
        ...

    def batch_first(self, query: Query[T], sets: Iterable[object], /) -> list[T]:
        """Do so, and return each set's first row. Raises NotFound."""
        ...

    def batch_optional(self, query: Query[T], sets: Iterable[object], /) -> list[T | None]:
        """Do so, and return each set's only row or None. Raises TooManyRows."""
        ...

    def batch_all(self, query: Query[T], sets: Iterable[object], /) -> list[list[T]]:
        """Do so, and return each set's rows."""
        ...


class AsyncExecutor(Protocol):
    """The same as :class:`Executor`, awaited."""

    def fetch_one(self, query: Query[T], params: tuple[object, ...] = (), /) -> Coro[T]:
        """Return the only row. Raises NotFound for none and TooManyRows for more than one."""
        ...

    def fetch_optional(self, query: Query[T], params: tuple[object, ...] = (), /) -> Coro[T | None]:
        """Return the only row, or None for none. Raises TooManyRows for more than one."""
        ...

    def fetch_first(self, query: Query[T], params: tuple[object, ...] = (), /) -> Coro[T]:
        """Return the first row, whatever follows. Raises NotFound for none."""
        ...

    def fetch_all(self, query: Query[T], params: tuple[object, ...] = (), /) -> Coro[list[T]]:
        """Return all rows, in the server's order."""
        ...

    def fetch_page(
        self,
        pages: Pages[T],
        given: tuple[bool, ...],
        params: tuple[object, ...],
        limit: int,
        after: str | None,
        /,
    ) -> Coro[Page[T]]:
        """
        Return at most ``limit`` rows behind the cursor ``after``, or the first ones.

        ``given`` says which optional parameters are. Raises InvalidCursor.
        """
        ...

    def execute(self, query: Query[None], params: tuple[object, ...] = (), /) -> Coro[None]:
        """Run a statement whose result does not matter."""
        ...

    def affected(self, query: Query[None], params: tuple[object, ...] = (), /) -> Coro[int]:
        """Run a statement and return the number of rows that it inserted, updated, deleted or returned."""
        ...

    def stream(
        self, query: Query[T], params: tuple[object, ...] = (), /
    ) -> AbstractAsyncContextManager[AsyncIterator[T]]:
        """Give the rows one by one for the length of a block, in constant memory."""
        ...

    def copy(self, query: Query[None] | RowVariants[None], rows: CopySource[object], /) -> Coro[int]:
        """Copy rows into a table, all or none; return how many it took. ParameterError has the number of a row."""
        ...

    def bulk_all(
        self, query: Query[T] | RowVariants[T], rows: Iterable[object], params: tuple[object, ...] = (), /
    ) -> Coro[list[T]]:
        """Run one statement for all rows and return what it returns. Without rows nothing is sent."""
        ...

    def bulk_execute(
        self, query: Query[None], rows: Iterable[object], params: tuple[object, ...] = (), /
    ) -> Coro[None]:
        """Run one statement for all rows. Without rows nothing is sent."""
        ...

    def bulk_affected(
        self, query: Query[None], rows: Iterable[object], params: tuple[object, ...] = (), /
    ) -> Coro[int]:
        """Run one statement for all rows and return how many it touched. Without rows nothing is sent."""
        ...

    def batch_execute(self, query: Query[None], sets: Iterable[object], /) -> Coro[None]:
        """Run the statement once for each set of values, in one round trip and one transaction."""
        ...

    def batch_one(self, query: Query[T], sets: Iterable[object], /) -> Coro[list[T]]:
        """Do so, and return each set's only row. Raises NotFound, TooManyRows."""
        ...

    def batch_first(self, query: Query[T], sets: Iterable[object], /) -> Coro[list[T]]:
        """Do so, and return each set's first row. Raises NotFound."""
        ...

    def batch_optional(self, query: Query[T], sets: Iterable[object], /) -> Coro[list[T | None]]:
        """Do so, and return each set's only row or None. Raises TooManyRows."""
        ...

    def batch_all(self, query: Query[T], sets: Iterable[object], /) -> Coro[list[list[T]]]:
        """Do so, and return each set's rows."""
        ...
