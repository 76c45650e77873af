# Derived from runtime/janua/database/_async/transaction.py by tools/derive_sync.py; do not edit.
"""Transactions: begun on a database or a connection, nested as savepoints, run again when they collide."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import NoReturn, TypeVar

import psycopg

from janua.database._sync.deadline import run_in_transaction
from janua.database._sync.many import ManyStatements
from janua.database._sync.pipeline import PipelineSource
from janua.database._sync.pool import SessionPool
from janua.database._sync.session import Session
from janua.database.commands import RETRYABLE, retry_delay, savepoint_name
from janua.database.concurrency import sleep
from janua.database.options import Isolation
from janua.database.results import Result
from janua.database.settings import NO_SETTINGS, SET_LOCAL, Settings, set_local_parameters
from janua.errors import NestedRetry, TransactionAborted, TransactionClosed, TransactionError
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")


class Transaction(PipelineSource):
    """
    An open transaction, or a savepoint inside one. Made by ``begin`` and ``transaction``.

    After its end every call raises TransactionClosed. One that is dropped while open is rolled
    back by closing its connection, with a ResourceWarning.
    """

    def __init__(self, session: Session, pool: SessionPool | None, parent: Transaction | None = None) -> None:
        self._session = session
        self._pool = pool
        self._parent = parent
        self._depth: int = 0 if parent is None else parent._depth + 1
        self._is_open = False

    def commit(self) -> None:
        """
        Make the changes permanent (in a nested transaction: part of the outer one).

        Raises TransactionAborted, with nothing committed, where a statement has failed before,
        and what the server reports at COMMIT, deferred constraints for example.
        """
        self._check_open()
        if self._session.is_failed():
            self.rollback()
            raise TransactionAborted("a statement in the transaction had failed: it was rolled back")
        release = f"RELEASE SAVEPOINT {savepoint_name(self._depth)}".encode()
        self._end(release if self._parent else b"COMMIT")

    def rollback(self) -> None:
        """Undo the changes; possible after an error too."""
        self._check_open()
        name = savepoint_name(self._depth)
        undo = f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}".encode()
        self._end(undo if self._parent else b"ROLLBACK")

    def set_local(self, settings: Settings) -> None:
        """
        Set these until the end of the transaction, as SET LOCAL does, with the values as parameters.

        The rollback of a nested transaction takes back what was set in it, its commit does not. Raises
        ParameterError for what cannot be a setting, and psycopg's errors where the server knows none
        of that name or refuses the value.
        """
        if settings:
            self.execute(SET_LOCAL, set_local_parameters(settings))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Nest a transaction as a savepoint: leaving by an exception undoes only what was done inside."""
        self._check_open()
        nested = Transaction(self._session, None, self)
        nested._start(f"SAVEPOINT {savepoint_name(nested._depth)}".encode())
        with nested._scope():
            yield nested

    def run(self, fn: Callable[[Transaction], T], **options: object) -> NoReturn:
        """Raise NestedRetry: only the outermost transaction can be run again."""
        raise NestedRetry("run() inside a transaction cannot repeat it; call run() on the database")

    def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        self._check_open()
        return run_in_transaction(self._session, query, params, read)

    @contextmanager
    def _hold(self) -> Iterator[Session]:
        self._check_open()
        yield self._session

    @contextmanager
    def _within(self) -> Iterator[ManyStatements]:
        yield self

    def _start(self, command: bytes) -> None:
        try:
            self._session.check_free("a transaction's command")
            self._session.execute(command)
            self._is_open = True
        finally:
            if not self._is_open:
                self._give_back()

    @contextmanager
    def _scope(self) -> Iterator[None]:
        """Commit at the end of the block, or roll back where it is left by an exception."""
        try:
            yield
        except BaseException:
            self._undo()
            raise
        if self._usable():
            self.commit()

    def _undo(self) -> None:
        if self._usable():
            # Where this fails, the connection is lost, and the transaction with it: the block's error stands.
            with suppress(psycopg.Error):
                self.rollback()

    def _end(self, command: bytes) -> None:
        self._session.check_free("a transaction's command")
        self._is_open = False
        try:
            self._session.execute(command)
        finally:
            self._give_back()

    def _give_back(self) -> None:
        if self._pool is not None:
            self._pool.release(self._session)

    def _usable(self) -> bool:
        return self._is_open and (self._parent is None or self._parent._usable())

    def _check_open(self) -> None:
        if not self._usable():
            raise TransactionClosed("the transaction has ended: it was committed or rolled back")

    def __del__(self) -> None:
        if self._is_open and self._pool is not None:
            self._pool.abandon(self._session)
            warnings.warn("a transaction was dropped while open: it was rolled back", ResourceWarning, 2, self)


class TransactionSource(PipelineSource):
    """Where transactions begin: a database or a connection."""

    @abstractmethod
    def begin(
        self, isolation: Isolation | None = None, *, read_only: bool = False, deferrable: bool = False
    ) -> Transaction:
        """
        Begin a transaction that the caller ends with ``commit`` or ``rollback``.

        Prefer ``transaction``, which cannot be forgotten.
        """

    @contextmanager
    def transaction(
        self,
        isolation: Isolation | None = None,
        *,
        read_only: bool = False,
        deferrable: bool = False,
        settings: Settings = NO_SETTINGS,
    ) -> Iterator[Transaction]:
        """
        Run a block in a transaction: committed at its end, rolled back where an exception leaves it.

        A cancellation is such an exception. ``commit`` and ``rollback`` inside the block end it early.
        ``settings`` are set for it alone, as with its ``set_local``.
        """
        transaction = self.begin(isolation, read_only=read_only, deferrable=deferrable)
        with transaction._scope():
            transaction.set_local(settings)
            yield transaction

    @contextmanager
    def _within(self) -> Iterator[ManyStatements]:
        with self.transaction() as transaction:
            yield transaction

    def run(
        self,
        fn: Callable[[Transaction], T],
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
                with self.transaction(
                    isolation, read_only=read_only, deferrable=deferrable, settings=settings
                ) as transaction:
                    return fn(transaction)
            except RETRYABLE:
                if attempt >= retries:
                    raise
            sleep(retry_delay(attempt))
        raise AssertionError("count() does not end")


def begin(session: Session, pool: SessionPool | None, command: bytes) -> Transaction:
    """Begin on this session, which goes back to the pool, if one is given, at the transaction's end."""
    if not session.is_idle():
        raise TransactionError("the connection is in a transaction already; nest with its transaction()")
    transaction = Transaction(session, pool)
    transaction._start(command)
    return transaction
