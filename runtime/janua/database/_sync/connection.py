# Derived from runtime/janua/database/_async/connection.py by tools/derive_sync.py; do not edit.
"""One connection held for several statements, for what belongs to a session: settings, advisory locks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from janua.database._sync.deadline import run_in_transaction
from janua.database._sync.many import ManyStatements
from janua.database._sync.pool import SessionPool
from janua.database._sync.session import Session
from janua.database._sync.telling import run_telling
from janua.database._sync.transaction import Transaction
from janua.database._sync.transaction_source import TransactionSource, begin
from janua.database.commands import begin_command
from janua.database.concurrency import Lock
from janua.database.options import Isolation
from janua.database.results import Result
from janua.errors import AlreadyClosed
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")


class Connection(TransactionSource):
    """
    A connection out of the pool. Made by the database's ``connection``, which also takes it back.

    Settings and locks of the session stay with the server's connection when it goes back to
    the pool: undo them, or use a transaction and SET LOCAL.

    Tasks or threads that share it take turns, call by call. While one of them has a transaction open on it, or streams
    or copies rows, the others' calls are a part of that.
    """

    def __init__(self, session: Session, pool: SessionPool) -> None:
        self._session: Session | None = session
        self._pool = pool
        self._transaction: Transaction | None = None
        # Held by one call: some are several statements, in a transaction of which others must not become a part.
        self._turn = Lock()

    def begin(
        self,
        isolation: Isolation | None = None,
        *,
        read_only: bool = False,
        deferrable: bool = False,
        certain: bool = False,
    ) -> Transaction:
        """Begin a transaction on this connection. Raises TransactionError where there is one already."""
        command = begin_command(isolation, read_only, deferrable)
        session = self._require_session()
        transaction = Transaction(session, self._pool, read_only=read_only, certain=certain, isolation=isolation)
        self._transaction = begin(transaction, command)
        return transaction

    @property
    def _cursor_secret(self) -> bytes | None:
        return self._require_session().cursor_secret

    def _run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        with self._turn:
            return self._run_alone(self._require_session(), query, params, read)

    def _run_alone(
        self, session: Session, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]
    ) -> R:
        caching = self._pool.caching
        if caching is not None:
            if (transaction := self._open_transaction()) is not None:
                return transaction._run(query, params, read)
            if query.cache is not None and not session.marks:
                return caching.read_on(session, query, params, read)
            if query.writes or query.changes_settings or session.marks:
                return run_telling(self._pool, session, query, params, read)
        if query.timeout is None:
            return session.run(query, params, read)
        if not session.is_idle():
            return run_in_transaction(session, query, params, read)
        with self.transaction() as transaction:
            return transaction._run(query, params, read)

    def _note(self, query: Query[Any]) -> bool:
        if self._pool.caching is None:
            return True
        if (transaction := self._open_transaction()) is not None:
            return transaction._note(query)
        return not (query.writes or query.changes_settings) or not self._require_session().is_idle()

    def _open_transaction(self) -> Transaction | None:
        """Return the one that was begun here: what goes by the connection meanwhile is a part of it."""
        if self._transaction is not None and not self._transaction._usable():
            self._transaction = None
        return self._transaction

    @contextmanager
    def _hold(self) -> Iterator[Session]:
        yield self._require_session()

    @contextmanager
    def _within(self) -> Iterator[ManyStatements]:
        if self._require_session().is_idle():
            with self.transaction() as transaction:
                yield transaction
        else:
            yield self

    def _detach(self) -> None:
        self._session = None

    def _require_session(self) -> Session:
        if self._session is None:
            raise AlreadyClosed("the connection has gone back to the pool")
        return self._session
