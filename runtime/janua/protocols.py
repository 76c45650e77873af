"""The seams between the layers: what generated functions ask of a database, connection or transaction."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol, TypeAlias, TypeVar

from janua.query import Query

T = TypeVar("T")

Coro: TypeAlias = Coroutine[Any, Any, T]
"""What an async call returns: may be awaited once or handed to a TaskGroup; a forgotten await is reported."""


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

    def execute(self, query: Query[None], params: tuple[object, ...] = (), /) -> None:
        """Run a statement whose result does not matter."""
        ...

    def affected(self, query: Query[None], params: tuple[object, ...] = (), /) -> int:
        """Run a statement and return the number of rows that it inserted, updated, deleted or returned."""
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

    def execute(self, query: Query[None], params: tuple[object, ...] = (), /) -> Coro[None]:
        """Run a statement whose result does not matter."""
        ...

    def affected(self, query: Query[None], params: tuple[object, ...] = (), /) -> Coro[int]:
        """Run a statement and return the number of rows that it inserted, updated, deleted or returned."""
        ...
