"""One connection held for several statements, for what belongs to a session: settings, advisory locks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from janua.database._async.deadline import run_in_transaction
from janua.database._async.many import AsyncManyStatements
from janua.database._async.pool import AsyncSessionPool
from janua.database._async.session import AsyncSession
from janua.database._async.telling import run_telling
from janua.database._async.transaction import AsyncTransaction
from janua.database._async.transaction_source import AsyncTransactionSource, begin
from janua.database.commands import begin_command
from janua.database.concurrency import AsyncLock
from janua.database.options import Isolation
from janua.database.results import Result
from janua.errors import AlreadyClosed
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")


class AsyncConnection(AsyncTransactionSource):
    """
    A connection out of the pool. Made by the database's ``connection``, which also takes it back.

    Settings and locks of the session stay with the server's connection when it goes back to
    the pool: undo them, or use a transaction and SET LOCAL.

    Tasks or threads that share it take turns, call by call. While one of them has a transaction open on it, or streams
    or copies rows, the others' calls are a part of that.
    """

    def __init__(self, session: AsyncSession, pool: AsyncSessionPool) -> None:
        self._session: AsyncSession | None = session
        self._pool = pool
        self._transaction: AsyncTransaction | None = None
        # Held by one call: some are several statements, in a transaction of which others must not become a part.
        self._turn = AsyncLock()

    async def begin(
        self,
        isolation: Isolation | None = None,
        *,
        read_only: bool = False,
        deferrable: bool = False,
        certain: bool = False,
    ) -> AsyncTransaction:
        """Begin a transaction on this connection. Raises TransactionError where there is one already."""
        command = begin_command(isolation, read_only, deferrable)
        session = self._require_session()
        transaction = AsyncTransaction(session, self._pool, read_only=read_only, certain=certain, isolation=isolation)
        self._transaction = await begin(transaction, command)
        return transaction

    @property
    def _cursor_secret(self) -> bytes | None:
        return self._require_session().cursor_secret

    async def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        async with self._turn:
            return await self._run_alone(self._require_session(), query, params, read)

    async def _run_alone(
        self, session: AsyncSession, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]
    ) -> R:
        caching = self._pool.caching
        if caching is not None:
            if (transaction := self._open_transaction()) is not None:
                return await transaction._run(query, params, read)
            if query.cache is not None and not session.marks:
                return await caching.read_on(session, query, params, read)
            if query.writes or query.changes_settings or session.marks:
                return await run_telling(self._pool, session, query, params, read)
        if query.timeout is None:
            return await session.run(query, params, read)
        if not session.is_idle():
            return await run_in_transaction(session, query, params, read)
        async with self.transaction() as transaction:
            return await transaction._run(query, params, read)

    def _note(self, query: Query[Any]) -> bool:
        if self._pool.caching is None:
            return True
        if (transaction := self._open_transaction()) is not None:
            return transaction._note(query)
        return not (query.writes or query.changes_settings) or not self._require_session().is_idle()

    def _open_transaction(self) -> AsyncTransaction | None:
        """Return the one that was begun here: what goes by the connection meanwhile is a part of it."""
        if self._transaction is not None and not self._transaction._usable():
            self._transaction = None
        return self._transaction

    @asynccontextmanager
    async def _hold(self) -> AsyncIterator[AsyncSession]:
        yield self._require_session()

    @asynccontextmanager
    async def _within(self) -> AsyncIterator[AsyncManyStatements]:
        if self._require_session().is_idle():
            async with self.transaction() as transaction:
                yield transaction
        else:
            yield self

    def _detach(self) -> None:
        self._session = None

    def _require_session(self) -> AsyncSession:
        if self._session is None:
            raise AlreadyClosed("the connection has gone back to the pool")
        return self._session
