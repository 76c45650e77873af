"""Rows one by one, in constant memory: a cursor in the server, read in portions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import count
from typing import Any, Generic, Protocol, TypeVar

import psycopg

from janua.database.portions import FIRST_PORTION, Portion, portion_of
from janua.database.results import Result
from janua.errors import AlreadyClosed, TransactionError
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")

_NUMBERS = count(1)


class AsyncRunner(Protocol):
    """What runs statements in one transaction."""

    async def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R: ...


class AsyncRows(AsyncIterator[T], Generic[T]):
    """The rows of a stream, in the server's order, each once. Raises AlreadyClosed after the stream's block."""

    def __init__(self, runner: AsyncRunner, query: Query[T], cursor: str) -> None:
        self._runner = runner
        self._query = query
        self._cursor = cursor
        self._size = FIRST_PORTION
        self._rows: Iterator[T] = iter(())
        self._is_done = False
        self._is_closed = False

    def __aiter__(self) -> AsyncRows[T]:
        return self

    async def __anext__(self) -> T:
        if self._is_closed:
            raise AlreadyClosed(f"{self._query.name}: the block in which its rows can be read has ended")
        while True:
            for row in self._rows:
                return row
            if self._is_done:
                raise StopAsyncIteration
            await self._fetch()

    async def _fetch(self) -> None:
        fetch = replace(
            self._query,
            sql=f"FETCH {self._size} FROM {self._cursor}",
            params=(),
            own_parameters=(),
            unused=(),
            kept=False,
            cache=None,
        )
        read: Callable[[Result[T]], Portion[T]] = portion_of
        portion = await self._runner._run(fetch, (), read)
        self._is_done = len(portion.rows) < self._size
        self._size = portion.next_size
        self._rows = iter(portion.rows)

    def close(self) -> None:
        """Give the rows that were not read to nobody."""
        self._is_closed = True
        self._rows = iter(())


@asynccontextmanager
async def open_rows(
    runner: AsyncRunner, query: Query[T], params: tuple[object, ...], *, is_own: bool
) -> AsyncIterator[AsyncRows[T]]:
    """
    Give the rows of a SELECT for the length of a block. ``is_own``: the transaction ends with the block.

    A transaction that is not its own is used between the rows as it likes.
    """
    if query.fold is not None:
        raise TransactionError(f"{query.name} folds rows into lists, and so cannot be read row by row")
    cursor = f"janua_stream_{next(_NUMBERS)}"
    if is_own:
        # A plan for all rows, as a plain call has it: a cursor's is made for the first tenth.
        await _command(runner, query, "SET LOCAL cursor_tuple_fraction = 1")
    declare = _command_of(query, f"DECLARE {cursor} NO SCROLL CURSOR FOR {query.sql}")
    taken = replace(declare, params=query.params, own_parameters=query.own_parameters, unused=query.unused)
    await runner._run(taken, params, Result.ignore)
    rows = AsyncRows(runner, query, cursor)
    try:
        yield rows
    finally:
        rows.close()
        if not is_own:
            # In a transaction that has failed or ended there is nothing to close any more.
            with suppress(psycopg.Error, TransactionError):
                await _command(runner, query, f"CLOSE {cursor}")


async def _command(runner: AsyncRunner, query: Query[Any], sql: str) -> None:
    await runner._run(_command_of(query, sql), (), Result.ignore)


def _command_of(query: Query[Any], sql: str) -> Query[None]:
    return Query(query.name, sql, types=query.types, kept=False)
