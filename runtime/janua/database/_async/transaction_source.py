"""Where transactions begin, and are run again when they collide."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import TypeVar

from janua.database._async.deadline import run_in_transaction
from janua.database._async.many import AsyncManyStatements
from janua.database._async.pipeline import AsyncPipelineSource
from janua.database._async.pool import AsyncSessionPool
from janua.database._async.session import AsyncSession
from janua.database._async.transaction import AsyncTransaction
from janua.database.commands import begin_command
from janua.database.concurrency import async_sleep
from janua.database.options import Isolation
from janua.database.results import Result
from janua.database.retries import RETRYABLE, retry_delay
from janua.database.settings import NO_SETTINGS, Settings
from janua.errors import TransactionError
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")


class AsyncTransactionSource(AsyncPipelineSource):
    """Where transactions begin: a database or a connection."""

    @abstractmethod
    async def begin(
        self,
        isolation: Isolation | None = None,
        *,
        read_only: bool = False,
        deferrable: bool = False,
        certain: bool = False,
    ) -> AsyncTransaction:
        """
        Begin a transaction that the caller ends with ``commit`` or ``rollback``.

        Prefer ``transaction``, which cannot be forgotten.
        """

    @asynccontextmanager
    async def transaction(
        self,
        isolation: Isolation | None = None,
        *,
        read_only: bool = False,
        deferrable: bool = False,
        settings: Settings = NO_SETTINGS,
        certain: bool = False,
    ) -> AsyncIterator[AsyncTransaction]:
        """
        Run a block in a transaction: committed at its end, rolled back where an exception leaves it.

        A cancellation is such an exception. ``commit`` and ``rollback`` inside the block end it early.
        ``settings`` are set for it alone, as with its ``set_local``.
        Where the connection is lost at COMMIT, ``commit`` says what happens; with ``certain``, which costs
        a round trip more, its outcome can be found out wherever the network has failed.
        """
        transaction = await self.begin(isolation, read_only=read_only, deferrable=deferrable, certain=certain)
        async with transaction._scope():
            await transaction.set_local(settings)
            yield transaction

    @asynccontextmanager
    async def _within(self) -> AsyncIterator[AsyncManyStatements]:
        async with self.transaction() as transaction:
            yield transaction

    async def run(
        self,
        fn: Callable[[AsyncTransaction], Awaitable[T]],
        *,
        retries: int = 3,
        isolation: Isolation | None = None,
        read_only: bool = False,
        deferrable: bool = False,
        settings: Settings = NO_SETTINGS,
        certain: bool = False,
    ) -> T:
        """
        Call ``fn`` with a transaction and return what it returns, after the commit.

        Where the server reports a serialization failure or a deadlock (40001, 40P01), at COMMIT
        too, or the connection is lost and nothing was committed for certain, it is called again in a new
        transaction after a short random pause, at most ``retries`` times. So it must not do what a
        rollback does not undo. Never again after a commit, or after CommitUnknown.
        """
        modes = {"read_only": read_only, "deferrable": deferrable, "certain": certain}
        for attempt in count():
            transaction = None
            try:
                async with self.transaction(isolation, settings=settings, **modes) as transaction:
                    return await transaction._call(fn, self)
            except RETRYABLE:
                if attempt >= retries or (transaction is not None and transaction._was_committed):
                    raise
            await async_sleep(retry_delay(attempt))
        raise AssertionError("count() does not end")


async def begin(transaction: AsyncTransaction, command: bytes) -> AsyncTransaction:
    """Begin a transaction on its session."""
    if not transaction._session.is_idle():
        raise TransactionError("the connection is in a transaction already; nest with its transaction()")
    await transaction._start(command)
    return transaction


async def run_alone(
    pool: AsyncSessionPool,
    session: AsyncSession,
    query: Query[T],
    params: tuple[object, ...],
    read: Callable[[Result[T]], R],
    *,
    read_only: bool = True,
) -> R:
    """Run a query on a session, within the query's ``timeout``, for which it needs a transaction."""
    if query.timeout is None or not session.is_idle():
        return await run_in_transaction(session, query, params, read)
    command = begin_command(None, read_only, False)
    transaction = await begin(AsyncTransaction(session, pool, read_only=read_only), command)
    async with transaction._scope():
        return await run_in_transaction(session, query, params, read)
