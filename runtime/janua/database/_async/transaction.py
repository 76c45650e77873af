"""An open transaction: its statements, its savepoints and its end."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any, NoReturn, TypeVar

import psycopg
from psycopg.pq import ConnStatus

from janua.database._async.commit import read_origin, resolve, send_commit
from janua.database._async.deadline import run_in_transaction
from janua.database._async.exchange import run_together
from janua.database._async.many import AsyncManyStatements
from janua.database._async.pipeline import AsyncPipelineSource
from janua.database._async.pool import AsyncSessionPool
from janua.database._async.session import AsyncSession
from janua.database.blocks import ends_transaction
from janua.database.commands import savepoint_name
from janua.database.commit import Commit, Outcome
from janua.database.concurrency import async_call
from janua.database.exchange import Request
from janua.database.options import Isolation
from janua.database.results import Result
from janua.database.retries import repeatable
from janua.database.settings import SET_LOCAL, Settings, set_local_parameters
from janua.errors import (
    AfterCommitFailed,
    CommitUnknown,
    NestedRetry,
    TransactionAborted,
    TransactionClosed,
    TransactionError,
    TransactionLost,
)
from janua.events import Outcome as Ending
from janua.events import TransactionEvent
from janua.query import EVERYTHING, Query
from janua.querycache import Marking, Writer

T = TypeVar("T")
R = TypeVar("R")


# Where each statement sees what was committed before it: everything but these keeps to one snapshot.
_CURRENT: tuple[Isolation | None, ...] = (None, "read committed", "read uncommitted")


class AsyncTransaction(AsyncPipelineSource):
    """
    An open transaction, or a savepoint inside one. Made by ``begin`` and ``transaction``.

    After its end every call raises TransactionClosed. One that is dropped while open is rolled
    back by closing its connection, with a ResourceWarning.
    """

    def __init__(
        self,
        session: AsyncSession,
        pool: AsyncSessionPool,
        parent: AsyncTransaction | None = None,
        *,
        owns: bool = False,
        read_only: bool = False,
        certain: bool = False,
        isolation: Isolation | None = None,
    ) -> None:
        self._session = session
        self._pool = pool
        self._parent = parent
        # Whether the session goes back to the pool at the end.
        self._owns = owns
        self._read_only = read_only
        self._certain = certain
        # It sees other rows than everybody where it has written some, or keeps to an old snapshot.
        # What was written, by the depth of the transaction that wrote it; shared by all that are nested.
        # Who writes, where the server has told with the only statement.
        self._writer: list[Writer | None] = []
        self._written: list[set[str]] = [set()] if parent is None else parent._written
        self._keeps_current: bool = parent._keeps_current if parent is not None else isolation in _CURRENT
        self._changes_settings = isolation is not None
        self._depth: int = 0 if parent is None else parent._depth + 1
        self._is_open = False
        self._was_committed = False
        self._callbacks: list[Callable[[], Awaitable[object] | object]] = []

    async def commit(self) -> None:
        """
        Make the changes permanent (in a nested transaction: part of the outer one).

        Raises TransactionAborted, with nothing committed, where a statement has failed before, and
        what the server reports at COMMIT, deferred constraints for example. Where the connection is
        lost, the server is asked on a new one what became of the transaction: this returns where it was
        committed, raises TransactionLost where it was not, and CommitUnknown where nobody knows.
        A cancellation that arrives during COMMIT is raised also where the transaction was committed.
        """
        self._check_open()
        if self._session.is_failed():
            await self.rollback()
            raise TransactionAborted("a statement in the transaction had failed: it was rolled back")
        if self._parent is None:
            await self._commit()
        else:
            # First: whatever interrupts the release, the outer transaction may keep the changes.
            self._parent._callbacks += self._callbacks
            self._written[self._depth - 1] |= set().union(*self._written[self._depth :])
            del self._written[self._depth :]
            await self._end(f"RELEASE SAVEPOINT {savepoint_name(self._depth)}".encode())

    async def rollback(self) -> None:
        """Undo the changes; possible after an error too. A lost connection has undone them already."""
        self._check_open()
        del self._written[self._depth :]
        # It takes settings back.
        self._session.facts = {}
        name = savepoint_name(self._depth)
        undo = f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}".encode()
        try:
            await self._end(undo if self._parent else b"ROLLBACK")
        except psycopg.Error:
            if self._session.pgconn.status != ConnStatus.BAD:
                raise
        except BaseException:
            # Interrupted, and perhaps not done: the outer transaction must not commit what was to be undone.
            self._session.pgconn.finish()
            raise

    def after_commit(self, callback: Callable[[], Awaitable[object] | object]) -> None:
        """
        Have a function without arguments called once the outermost transaction is committed.

        In the order in which they were given, after the connection has gone back to the pool; what
        they return is awaited where it can be. A rollback forgets them, that of a savepoint those given
        inside. They all run, and where some fail, AfterCommitFailed is raised then: the transaction
        stays committed, and ``run`` does not repeat it. After CommitUnknown none has run.
        """
        self._check_open()
        self._callbacks.append(callback)

    async def set_local(self, settings: Settings) -> None:
        """
        Set these until the end of the transaction, as SET LOCAL does, with the values as parameters.

        The rollback of a nested transaction takes back what was set in it, its commit does not. Raises
        ParameterError for what cannot be a setting, and psycopg's errors where the server knows none
        of that name or refuses the value.
        """
        if settings:
            self._change_settings()
            await self.execute(SET_LOCAL, set_local_parameters(settings))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncTransaction]:
        """Nest a transaction as a savepoint: leaving by an exception undoes only what was done inside."""
        self._check_open()
        nested = AsyncTransaction(self._session, self._pool, self)
        await nested._start(f"SAVEPOINT {savepoint_name(nested._depth)}".encode())
        async with nested._scope():
            yield nested

    async def run(self, fn: Callable[[AsyncTransaction], Awaitable[T]], **options: object) -> NoReturn:
        """Raise NestedRetry: only the outermost transaction can be run again."""
        raise NestedRetry("run() inside a transaction cannot repeat it; call run() on the database")

    @property
    def _cursor_secret(self) -> bytes | None:
        return self._session.cursor_secret

    async def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        self._check_open()
        caching = self._pool.caching
        if query.cache is not None and caching is not None and self._keeps_current and not any(self._written):
            return await caching.read_on(self._session, query, params, read)
        self._note(query)
        return await run_in_transaction(self._session, query, params, read)

    def _note(self, query: Query[Any]) -> bool:
        if query.writes and self._pool.caching is not None:
            self._written[self._depth].update(query.writes)
        if query.changes_settings:
            if ends_transaction(query.sql):
                raise TransactionError(
                    f"{query.name} would end the transaction behind its back: use commit() or rollback()"
                )
            self._change_settings()
        return True

    def _note_anything(self) -> None:
        """What runs on the session itself may write any table, and change settings."""
        if self._pool.caching is not None:
            self._written[self._depth].update(EVERYTHING)
            self._change_settings()

    def _change_settings(self) -> None:
        self._changes_settings = True
        self._session.facts = {}

    @asynccontextmanager
    async def _hold(self) -> AsyncIterator[AsyncSession]:
        self._check_open()
        yield self._session

    @asynccontextmanager
    async def _within(self) -> AsyncIterator[AsyncManyStatements]:
        yield self

    async def _run_only(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        """Begin, run the only statement, and learn who writes, in one round trip; then commit."""
        statement = Request.of(query, params, read)
        writer: Request[Any, Any] = Request.of(self._session.writer_query, (), Result.optional)
        await self._start(b"BEGIN", statement, writer)
        async with self._scope():
            self._note(query)
            result = statement.result()
            self._writer = [self._session.writer_of(writer.result())]
        return result

    async def _start(self, command: bytes, *together: Request[Any, Any]) -> None:
        try:
            self._session.check_free("a transaction's command")
            if not self._read_only and not self._session.has_read_origin:
                self._session.origin = await read_origin(self._session)
                self._session.has_read_origin = True
            if together:
                first: Request[None, None] = Request.of(Query("begin", command.decode()), (), Result.ignore)
                await run_together(self._session, [first, *together], is_atomic=True)
                first.result()
            else:
                await self._session.execute(command)
            self._is_open = True
            self._written[self._depth :] = [set()]
            if self._changes_settings:
                self._session.facts = {}
            self._begun = perf_counter()
        finally:
            if not self._is_open:
                await self._leave()

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
            # The block's error stands.
            with suppress(psycopg.Error):
                await self.rollback()

    async def _commit(self) -> None:
        self._session.check_free("a transaction's command")
        marking = await self._mark()
        self._is_open = False
        commit = Commit(read_only=self._read_only, certain=self._certain)
        try:
            try:
                await send_commit(self._session, commit)
            finally:
                await self._leave()
                if commit.outcome is not Outcome.UNKNOWN:
                    await self._clear(marking)
        except psycopg.Error as error:
            if commit.is_refused:
                self._tell("rolled back")
                raise
            await self._resolve(commit, error, marking)
        except BaseException as interruption:
            # A cancellation that arrived during COMMIT takes back nothing.
            if commit.outcome is not Outcome.COMMITTED:
                if marking is not None and not marking.is_placed:
                    await self._clear(marking)
                self._tell("unknown")
            else:
                try:
                    await self._has_committed()
                except AfterCommitFailed as failed:
                    interruption.add_note(str(failed))
            raise
        else:
            if commit.outcome is Outcome.ABORTED:
                self._tell("rolled back")
                raise TransactionAborted("a statement in the transaction had failed: it was rolled back")
        await self._has_committed()

    async def _mark(self) -> Marking | None:
        """Tell the cache, before COMMIT, of what it will change. Whatever goes wrong then ends the transaction."""
        caching = self._pool.caching
        if caching is None or not any(self._written):
            return None
        tables = sorted(set().union(*self._written))
        try:
            if self._writer:
                return await caching.mark_of(self._writer[0], tables)
            return await caching.mark(self._session, tables)
        except BaseException as error:
            await self._undo()
            if self._session.pgconn.status == ConnStatus.BAD and isinstance(error, psycopg.Error):
                raise TransactionLost("the connection was lost before COMMIT, and nothing was committed") from error
            raise

    async def _clear(self, marking: Marking | None) -> None:
        if marking is not None and self._pool.caching is not None:
            await self._pool.caching.clear(marking)

    async def _resolve(self, commit: Commit, error: psycopg.Error, marking: Marking | None) -> None:
        is_known = False
        try:
            await resolve(commit, self._session.origin, self._pool)
            is_known = True
        except (TransactionLost, CommitUnknown) as outcome:
            is_known = isinstance(outcome, TransactionLost)
            self._tell("unknown" if isinstance(outcome, CommitUnknown) else "rolled back")
            raise outcome from error
        finally:
            # While nobody knows, marks stand: whoever meets them asks the server.
            if marking is not None and (is_known or not marking.is_placed):
                await self._clear(marking)

    def _tell(self, ending: Ending) -> None:
        if self._parent is None:
            self._pool.events.emit("transaction", TransactionEvent(ending, perf_counter() - self._begun))

    async def _has_committed(self) -> None:
        self._was_committed = True
        self._tell("committed")
        errors: list[Exception] = []
        for callback in self._callbacks:
            try:
                await async_call(callback)
            except Exception as error:
                errors.append(error)
        if errors:
            message = f"the transaction is committed, but {len(errors)} of its after_commit callbacks failed"
            raise AfterCommitFailed(message, tuple(errors)) from errors[0]

    async def _end(self, command: bytes) -> None:
        self._session.check_free("a transaction's command")
        self._is_open = False
        try:
            await self._session.execute(command)
        finally:
            await self._leave()
            self._tell("rolled back")

    async def _leave(self) -> None:
        """Give the session back. One whose transaction has not ended, because its end was interrupted, is closed."""
        if self._changes_settings:
            self._session.facts = {}
        if self._parent is None:
            if not self._session.is_idle():
                self._session.pgconn.finish()
            if self._owns:
                await self._pool.release(self._session)

    async def _call(self, fn: Callable[[AsyncTransaction], Awaitable[T]], source: object) -> T:
        """Call the function for ``run``. Raises TransactionLost where the connection has gone meanwhile."""
        try:
            with repeatable(source):
                return await fn(self)
        except psycopg.Error as error:
            if self._is_lost():
                raise TransactionLost("the connection was lost, and nothing was committed") from error
            raise

    def _is_lost(self) -> bool:
        """Return True where the connection has gone before the transaction's end: nothing was committed."""
        return self._is_open and self._session.pgconn.status == ConnStatus.BAD

    def _usable(self) -> bool:
        return self._is_open and (self._parent is None or self._parent._usable())

    def _check_open(self) -> None:
        if not self._usable():
            raise TransactionClosed("the transaction has ended: it was committed or rolled back")

    def __del__(self) -> None:
        if self._is_open and self._owns:
            self._pool.abandon(self._session)
            warnings.warn("a transaction was dropped while open: it was rolled back", ResourceWarning, 2, self)
