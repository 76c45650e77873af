# Derived from runtime/janua/database/_async/session.py by tools/derive_sync.py; do not edit.
"""One server connection that runs queries: the one place where query and parameters become a result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import TupleRow, class_row, tuple_row

from janua.database.catalog import LOOK_UP_TYPES, Registration, TypeFacts, bind_types
from janua.database.concurrency import Lock
from janua.database.liveness import is_alive
from janua.database.loaders import UnknownType
from janua.database.parameters import encode_parameters, explain_refusal
from janua.database.results import Result
from janua.errors import SchemaDrift, TransactionError
from janua.query import Query, Types

T = TypeVar("T")
R = TypeVar("R")

Cursor: TypeAlias = psycopg.RawCursor[TupleRow]


class Session(psycopg.Connection[TupleRow]):
    """
    A connection of the pool, with a cursor kept for every set of types that it has met.

    Each set has its own cursor, because two generated packages may read the same enum into
    different classes. ``known_types`` is shared by all sessions of a database.
    """

    known_types: dict[Types, tuple[Registration, ...]]

    def __init__(self, pgconn: PGconn, row_factory: Any = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self.known_types = {}
        self._kept_cursors: dict[Types, tuple[tuple[Registration, ...], Cursor]] = {}
        # Held until the answer is read: tasks and threads may share a transaction, and its cursors.
        self._statement_lock = Lock()
        # What runs on the connection until it has taken all rows, meanwhile nothing else can.
        self.copying = ""

    def run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        """
        Run one statement and return what ``read`` makes of its answer.

        A cancellation cancels the statement in the server too, and leaves the connection usable.
        """
        values = encode_parameters(query, params)
        self.check_free(query.name)
        with self._statement_lock:
            cursor = self._cursor_for(query.types)
            pgresult = self._execute(cursor, query, values)
            try:
                return self._read(cursor, query, pgresult, read)
            finally:
                # The cursor is kept, the memory of its answer must not be.
                pgresult.clear()

    def check_free(self, subject: str) -> None:
        """Raise TransactionError while rows are copied: to wait for their end may be to wait for oneself."""
        if self.copying:
            raise TransactionError(
                f"{subject} cannot run while {self.copying} copies rows on the same connection:"
                " run it before, or on the database"
            )

    def is_alive(self) -> bool:
        """Return False where the server is known to have closed the connection."""
        return is_alive(self.pgconn)

    def is_idle(self) -> bool:
        """Return True outside any statement and transaction."""
        return self.pgconn.transaction_status == TransactionStatus.IDLE

    def is_failed(self) -> bool:
        """Return True in a transaction in which a statement has failed."""
        return self.pgconn.transaction_status == TransactionStatus.INERROR

    def _execute(self, cursor: Cursor, query: Query[Any], values: Sequence[object]) -> PGresult:
        cursor.format = Format.TEXT if query.text else Format.BINARY
        try:
            try:
                cursor.execute(query.sql, values, prepare=None if query.kept else False)
            except psycopg.errors.FeatureNotSupported:
                # "Cached plan must not change result type", after an ALTER by somebody else. Outside a
                # transaction nothing has happened yet; inside one, the rollback makes psycopg prepare anew.
                if not self.is_idle():
                    raise
                self.execute(b"DEALLOCATE ALL")
                cursor.execute(query.sql, values)
        except (psycopg.Error, TypeError, ValueError, RecursionError) as error:
            comes_from_here = getattr(error, "sqlstate", None) is None
            if comes_from_here and (refusal := explain_refusal(query, values, cursor)):
                raise refusal from None
            error.add_note(f"query: {query.name}")
            raise
        assert cursor.pgresult is not None, "execute() has not raised"
        return cursor.pgresult

    def _read(self, cursor: Cursor, query: Query[T], pgresult: PGresult, read: Callable[[Result[T]], R]) -> R:
        # A new transformer each time: its loaders remember the session's time zone.
        try:
            return read(Result(query, pgresult, Transformer(cursor)))
        except UnknownType:
            # A type may have been made anew, with another oid: look again, once.
            self.known_types.pop(query.types, None)
        cursor = self._cursor_for(query.types)
        try:
            return read(Result(query, pgresult, Transformer(cursor)))
        except UnknownType as error:
            raise SchemaDrift(f"{query.name}: {error}; migrate, or generate again") from None

    def _cursor_for(self, types: Types) -> Cursor:
        known = self.known_types.get(types)
        kept = self._kept_cursors.get(types)
        if kept is not None and kept[0] is known:
            return kept[1]
        if known is None:
            known = self.known_types[types] = self._look_up(types)
        cursor = psycopg.RawCursor(self)
        for register in known:
            register(cursor)
        self._kept_cursors[types] = known, cursor
        return cursor

    def _look_up(self, types: Types) -> tuple[Registration, ...]:
        if not types:
            return ()
        cursor = psycopg.RawCursor(self, row_factory=class_row(TypeFacts))
        cursor.execute(LOOK_UP_TYPES, ([declared.name for declared in types],))
        return bind_types(types, cursor.fetchall())
