"""Transactions: begun on a database or a connection, nested as savepoints, run again when they collide."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import NoReturn, TypeVar

import psycopg

from janua.database._async.deadline import run_in_transaction
from janua.database._async.many import AsyncManyStatements
from janua.database._async.pipeline import AsyncPipelineSource
from janua.database._async.pool import AsyncSessionPool
from janua.database._async.session import AsyncSession
from janua.database.commands import RETRYABLE, retry_delay, savepoint_name
from janua.database.concurrency import async_sleep
from janua.database.options import Isolation
from janua.database.results import Result
from janua.database.settings import NO_SETTINGS, SET_LOCAL, Settings, set_local_parameters
from janua.errors import NestedRetry, TransactionAborted, TransactionClosed, TransactionError
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")


class AsyncTransaction(AsyncPipelineSource):
    """
    An open transaction, or a savepoint inside one. Made by ``begin`` and ``transaction``.

    After its end every call raises TransactionClosed. One that is dropped while open is rolled
    back by closing its connection, with a ResourceWarning.
    """

    def __init__(
        self, session: AsyncSession, pool: AsyncSessionPool | None, parent: AsyncTransaction | None = None
    ) -> None:
        self._session = session
        self._pool = pool
        self._parent = parent
        self._depth: int = 0 if parent is None else parent._depth + 1
        self._is_open = False

    async def commit(self) -> None:
        """
        Make the changes permanent (in a nested transaction: part of the outer one).

        Raises TransactionAborted, with nothing committed, where a statement has failed before,
        and what the server reports at COMMIT, deferred constraints for example.
        """
        self._check_open()
        if self._session.is_failed():
            await self.rollback()
            raise TransactionAborted("a statement in the transaction had failed: it was rolled back")
        release = f"RELEASE SAVEPOINT {savepoint_name(self._depth)}".encode()
        await self._end(release if self._parent else b"COMMIT")

    async def rollback(self) -> None:
        """Undo the changes; possible after an error too."""
        self._check_open()
        name = savepoint_name(self._depth)
        undo = f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}".encode()
        await self._end(undo if self._parent else b"ROLLBACK")

    async def set_local(self, settings: Settings) -> None:
        """
        Set these until the end of the transaction, as SET LOCAL does, with the values as parameters.

        The rollback of a nested transaction takes back what was set in it, its commit does not. Raises
        ParameterError for what cannot be a setting, and psycopg's errors where the server knows none
        of that name or refuses the value.
        """
        if settings:
            await self.execute(SET_LOCAL, set_local_parameters(settings))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncTransaction]:
        """Nest a transaction as a savepoint: leaving by an exception undoes only what was done inside."""
        self._check_open()
        nested = AsyncTransaction(self._session, None, self)
        await nested._start(f"SAVEPOINT {savepoint_name(nested._depth)}".encode())
        async with nested._scope():
            yield nested

    async def run(self, fn: Callable[[AsyncTransaction], Awaitable[T]], **options: object) -> NoReturn:
        """Raise NestedRetry: only the outermost transaction can be run again."""
        raise NestedRetry("run() inside a transaction cannot repeat it; call run() on the database")

    async def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        self._check_open()
        return await run_in_transaction(self._session, query, params, read)

    @asynccontextmanager
    async def _hold(self) -> AsyncIterator[AsyncSession]:
        self._check_open()
        yield self._session

    @asynccontextmanager
    async def _within(self) -> AsyncIterator[AsyncManyStatements]:
        yield self

    async def _start(self, command: bytes) -> None:
        try:
            self._session.check_free("a transaction's command")
            await self._session.execute(command)
            self._is_open = True
        finally:
            if not self._is_open:
                await self._give_back()

    @asynccontextmanager
    async def _scope(self) -> AsyncIterator[None]:
        """Commit at the end of the block, or roll back where it is left by an exception."""
        try:
            yield
        except BaseException:
            await self._undo()
            raise
        if self._usable():
            await self.commit()

    async def _undo(self) -> None:
        if self._usable():
            # Where this fails, the connection is lost, and the transaction with it: the block's error stands.
            with suppress(psycopg.Error):
                await self.rollback()

    async def _end(self, command: bytes) -> None:
        self._session.check_free("a transaction's command")
        self._is_open = False
        try:
            await self._session.execute(command)
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        if self._pool is not None:
            await self._pool.release(self._session)

    def _usable(self) -> bool:
        return self._is_open and (self._parent is None or self._parent._usable())

    def _check_open(self) -> None:
        if not self._usable():
            raise TransactionClosed("the transaction has ended: it was committed or rolled back")

    def __del__(self) -> None:
        if self._is_open and self._pool is not None:
            self._pool.abandon(self._session)
            warnings.warn("a transaction was dropped while open: it was rolled back", ResourceWarning, 2, self)


class AsyncTransactionSource(AsyncPipelineSource):
    """Where transactions begin: a database or a connection."""

    @abstractmethod
    async def begin(
        self, isolation: Isolation | None = None, *, read_only: bool = False, deferrable: bool = False
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
    ) -> AsyncIterator[AsyncTransaction]:
        """
        Run a block in a transaction: committed at its end, rolled back where an exception leaves it.

        A cancellation is such an exception. ``commit`` and ``rollback`` inside the block end it early.
        ``settings`` are set for it alone, as with its ``set_local``.
        """
        transaction = await self.begin(isolation, read_only=read_only, deferrable=deferrable)
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
    ) -> T:
        """
        Call ``fn`` with a transaction and return what it returns, after the commit.

        Where the server reports a serialization failure or a deadlock (40001, 40P01), at COMMIT
        too, it is called again in a new transaction after a short random pause, at most
        ``retries`` times. So it must not do what a rollback does not undo.
        """
        for attempt in count():
            try:
                async with self.transaction(
                    isolation, read_only=read_only, deferrable=deferrable, settings=settings
                ) as transaction:
                    return await fn(transaction)
            except RETRYABLE:
                if attempt >= retries:
                    raise
            await async_sleep(retry_delay(attempt))
        raise AssertionError("count() does not end")


async def begin(session: AsyncSession, pool: AsyncSessionPool | None, command: bytes) -> AsyncTransaction:
    """Begin on this session, which goes back to the pool, if one is given, at the transaction's end."""
    if not session.is_idle():
        raise TransactionError("the connection is in a transaction already; nest with its transaction()")
    transaction = AsyncTransaction(session, pool)
    await transaction._start(command)
    return transaction
