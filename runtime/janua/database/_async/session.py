"""One server connection that runs queries: the one place where query and parameters become a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import Format, TransactionStatus
from psycopg.pq.abc import PGconn
from psycopg.rows import TupleRow, class_row, tuple_row

from janua.database.adapt import UnknownType
from janua.database.catalog import LOOK_UP_TYPES, Registration, TypeFacts, bind_types
from janua.database.concurrency import AsyncLock
from janua.database.liveness import is_alive
from janua.database.parameters import encode_parameters, explain_refusal
from janua.database.results import Result
from janua.errors import SchemaDrift
from janua.query import Query, Types

T = TypeVar("T")
R = TypeVar("R")


class AsyncSession(psycopg.AsyncConnection[TupleRow]):
    """
    A connection of the pool, with a cursor kept for every set of types that it has met.

    Each set has its own cursor, because two generated packages may read the same enum into
    different classes. ``known_types`` is shared by all sessions of a database.
    """

    known_types: dict[Types, tuple[Registration, ...]]

    def __init__(self, pgconn: PGconn, row_factory: Any = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self.known_types = {}
        self._kept_cursors: dict[Types, psycopg.AsyncRawCursor[TupleRow]] = {}
        # Held until the answer is read: tasks and threads may share a transaction, and its cursors.
        self._statement_lock = AsyncLock()

    async def run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        """
        Run one statement and return what ``read`` makes of its answer.

        A cancellation cancels the statement in the server too, and leaves the connection usable.
        """
        values = encode_parameters(query, params)
        async with self._statement_lock:
            cursor = await self._cursor_for(query.types)
            cursor.format = Format.TEXT if query.text else Format.BINARY
            try:
                await cursor.execute(query.sql, values)
            except psycopg.Error as error:
                if error.sqlstate is None and (refusal := explain_refusal(query, values, cursor)):
                    raise refusal from None
                error.add_note(f"query: {query.name}")
                raise
            except (TypeError, ValueError, RecursionError):
                if refusal := explain_refusal(query, values, cursor):
                    raise refusal from None
                raise
            return self._read(query, cursor, read)

    def is_alive(self) -> bool:
        """Return False where the server is known to have closed the connection."""
        return is_alive(self.pgconn)

    def is_idle(self) -> bool:
        """Return True outside any statement and transaction."""
        return self.pgconn.transaction_status == TransactionStatus.IDLE

    def is_failed(self) -> bool:
        """Return True in a transaction in which a statement has failed."""
        return self.pgconn.transaction_status == TransactionStatus.INERROR

    def _read(self, query: Query[T], cursor: psycopg.AsyncRawCursor[TupleRow], read: Callable[[Result[T]], R]) -> R:
        pgresult = cursor.pgresult
        assert pgresult is not None, "execute() has not raised"
        try:
            # A new transformer each time: its loaders remember the session's time zone.
            return read(Result(query, pgresult, Transformer(cursor)))
        except UnknownType as error:
            # The type may have been made anew, with another oid: the next call looks again.
            self._kept_cursors.pop(query.types, None)
            self.known_types.pop(query.types, None)
            raise SchemaDrift(f"{query.name}: {error}; generate again if this stays") from None
        finally:
            # The cursor is kept, the memory of its answer must not be.
            pgresult.clear()

    async def _cursor_for(self, types: Types) -> psycopg.AsyncRawCursor[TupleRow]:
        cursor = self._kept_cursors.get(types)
        if cursor is None:
            registrations = self.known_types.get(types) or await self._look_up(types)
            cursor = psycopg.AsyncRawCursor(self)
            for register in registrations:
                register(cursor)
            self._kept_cursors[types] = cursor
        return cursor

    async def _look_up(self, types: Types) -> tuple[Registration, ...]:
        if not types:
            return ()
        cursor = psycopg.AsyncRawCursor(self, row_factory=class_row(TypeFacts))
        await cursor.execute(LOOK_UP_TYPES, ([declared.name for declared in types],))
        registrations = bind_types(types, await cursor.fetchall())
        self.known_types[types] = registrations
        return registrations
