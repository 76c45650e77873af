"""The methods that take many sets of values or give rows one by one, the same on all that runs statements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

from janua.database._async.copying import copy_rows
from janua.database._async.exchange import run_together
from janua.database._async.session import AsyncSession
from janua.database._async.streaming import open_rows
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


class AsyncManyStatements(ABC):
    """Implements this part of the protocol of an executor, whose docstrings hold here."""

    @abstractmethod
    async def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        """Run the query on a connection and return what ``read`` makes of the answer."""

    @abstractmethod
    def _hold(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Give the connection for the length of a block."""

    @abstractmethod
    def _within(self) -> AbstractAsyncContextManager[AsyncManyStatements]:
        """Give what runs in one transaction for the length of a block: itself where it does so anyway."""

    @abstractmethod
    def _note(self, query: Query[Any]) -> bool:
        """Note what the query writes, for the cache. Return False where it needs a transaction for that."""

    @asynccontextmanager
    async def stream(self, query: Query[T], params: tuple[object, ...] = (), /) -> AsyncIterator[AsyncIterator[T]]:
        """
        Give the rows one by one for the length of a block, in constant memory.

        The transaction is the open one, in which other statements may run between the rows, or else one of
        its own on a connection of its own. However the block is left, the rest is never fetched.
        """
        async with self._within() as place, open_rows(place, query, params, is_own=place is not self) as rows:
            yield rows

    async def copy(self, query: Query[None] | RowVariants[None], rows: CopySource[object], /) -> int:
        """
        Copy rows into a table and return how many it took; all of them or none.

        Raises ParameterError, with the number of the row from 1, for a value that is not of its column's type.
        Meanwhile nothing else can run on the connection: TransactionError, from the iterable too.
        """
        async with self._telling(whole(query)) as place, place._hold() as session:
            return await copy_rows(session, query, rows)

    async def bulk_all(
        self, query: Query[T] | RowVariants[T], rows: Iterable[object], params: tuple[object, ...] = (), /
    ) -> list[T]:
        """Run one statement for all rows and return what it returns. Without rows nothing is sent."""
        return await self._bulk(query, rows, params, Result.all, [])

    async def bulk_execute(
        self, query: Query[None], rows: Iterable[object], params: tuple[object, ...] = (), /
    ) -> None:
        """Run one statement for all rows. Without rows nothing is sent."""
        await self._bulk(query, rows, params, Result.ignore, None)

    async def bulk_affected(
        self, query: Query[None], rows: Iterable[object], params: tuple[object, ...] = (), /
    ) -> int:
        """Run one statement for all rows and return how many it touched. Without rows nothing is sent."""
        return await self._bulk(query, rows, params, Result.affected, 0)

    async def batch_execute(self, query: Query[None], sets: Iterable[object], /) -> None:
        """Run the statement once for each set of values, in one round trip and one transaction."""
        await self._batch(query, sets, Result.ignore)

    async def batch_one(self, query: Query[T], sets: Iterable[object], /) -> list[T]:
        """Do so, and return each set's only row. Raises NotFound, TooManyRows."""
        return await self._batch(query, sets, Result.one)

    async def batch_first(self, query: Query[T], sets: Iterable[object], /) -> list[T]:
        """Do so, and return each set's first row. Raises NotFound."""
        return await self._batch(query, sets, Result.first)

    async def batch_optional(self, query: Query[T], sets: Iterable[object], /) -> list[T | None]:
        """Do so, and return each set's only row or None. Raises TooManyRows."""
        return await self._batch(query, sets, Result.optional)

    async def batch_all(self, query: Query[T], sets: Iterable[object], /) -> list[list[T]]:
        """Do so, and return each set's rows."""
        return await self._batch(query, sets, Result.all)

    @asynccontextmanager
    async def _telling(self, query: Query[Any]) -> AsyncIterator[AsyncManyStatements]:
        """Give what runs the query, and tells the cache of what it writes, within its ``timeout``."""
        if self._note(query):
            async with self._limited(query) as place:
                yield place
        else:
            async with self._within() as transaction, transaction._telling(query) as place:
                yield place

    @asynccontextmanager
    async def _limited(self, query: Query[Any]) -> AsyncIterator[AsyncManyStatements]:
        """Give what runs the query within its ``timeout``: a transaction, where there is one."""
        if query.timeout is None:
            yield self
            return
        async with self._within() as place:
            before = await place._run(REPLACE_TIMEOUT, (limit_of(query.timeout),), Result.one)
            yield place
            # after an error, the rollback that it demands has set it back
            await place._run(REPLACE_TIMEOUT, (before,), Result.one)

    async def _bulk(
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
            return await self._run(query, (*arrays, *params), read)
        except ParameterError as error:
            raise explain_arrays(query, arrays) or error from None

    async def _batch(self, query: Query[T], sets: Iterable[object], read: Callable[[Result[T]], R]) -> list[R]:
        requests: list[Request[T, R]] = []
        for number, params in enumerate(value_sets(query, sets), 1):
            try:
                requests.append(Request.of(query, params, read))
            except ParameterError as error:
                raise _of_set(error, query, number) from None
        if requests:
            async with self._telling(query) as place, place._hold() as session:
                await _run_atomically(session, query, requests)
        return [request.result() for request in requests]


async def _run_atomically(session: AsyncSession, query: Query[Any], requests: list[Request[Any, Any]]) -> None:
    session.check_free(query.name)
    try:
        await run_together(session, requests, is_atomic=True)
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
