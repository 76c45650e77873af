# Derived from runtime/janua/database/_async/session.py by tools/derive_sync.py; do not edit.
"""One server connection that runs queries: the one place where query and parameters become a result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg.generators import execute
from psycopg.pq import Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import TupleRow, class_row, tuple_row

from janua.database._sync.statement_cache import StatementCache
from janua.database.catalog import LOOK_UP_TYPES, Catalog, Registration, TypeFacts, bind_types
from janua.database.concurrency import Lock
from janua.database.drift import Description
from janua.database.facts import WRITER_FACTS, WRITER_XID, SessionFacts
from janua.database.healing import HEALABLE, StatementLost, healable, retryable
from janua.database.liveness import Pulse
from janua.database.loaders import UnknownType
from janua.database.loading import Rows
from janua.database.observation import Observation
from janua.database.origin import Origin
from janua.database.parameters import encode_parameters, explain_refusal
from janua.database.querycomment import TextOf, commented, verbatim
from janua.database.readiness import WatchedConnection
from janua.database.results import Result
from janua.database.statement import PreparedStatement, answer_of
from janua.database.violations import name_violation
from janua.errors import SchemaDrift, TransactionError
from janua.events import ConnectEvent, DisconnectEvent, Events
from janua.query import NO_TYPES, Query, Types
from janua.querycache import Marking, Writer

T = TypeVar("T")
R = TypeVar("R")

Cursor: TypeAlias = psycopg.RawCursor[TupleRow]

_IDLE = int(TransactionStatus.IDLE)
READ_ONLY = psycopg.errors.ReadOnlySqlTransaction.sqlstate
_FAILED = int(TransactionStatus.INERROR)
# After these the server knows no prepared statement any more.
_FORGETTING = (b"DISCARD ALL", b"DEALLOCATE ALL")


class Session(WatchedConnection):
    """
    A connection of the pool, with the statements that it has prepared.

    ``catalog`` is shared by all sessions of a database, as is ``cursor_secret``; ``statement_cache`` is how many
    statements are kept prepared; 0 runs all of them on psycopg's cursor, which is kept for every set of types:
    each has its own, because two generated packages may read the same enum into different classes.
    """

    catalog: Catalog
    cursor_secret: bytes | None = None

    def __init__(self, pgconn: PGconn, row_factory: Any = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self.events = Events()
        self.text_of: TextOf = verbatim
        self._announced: int | None = None
        self.use(Catalog(), 0)
        self._pulse = Pulse(pgconn)
        # Which server it is, and None where it does not tell; read with the first transaction.
        self.origin: Origin | None = None
        self.has_read_origin = False
        self._kept_cursors: dict[Types, tuple[tuple[Registration, ...], Cursor]] = {}
        # Held until the answer is read: tasks and threads may share a transaction, and its cursors.
        self._statement_lock = Lock()
        # What runs on the connection until it has taken all rows, meanwhile nothing else can.
        self.copying = ""
        # What answers depend on besides the tables, by the settings that were asked for; see ``caching``.
        self.facts: dict[tuple[str, ...], SessionFacts] = {}
        # Who writes here, as it was last told; never behind a proxy that mixes up the server's processes.
        self._writer: Writer | None = None
        # Marks in the cache that stand until nothing is open on the session any more; see ``telling``.
        self.marks: list[Marking] = []
        # Whether it has refused a write because its server follows another one.
        self.is_demoted = False

    def use(self, catalog: Catalog, statement_cache: int) -> None:
        """Share what is known of the database, and prepare at most so many statements."""
        self.catalog = catalog
        self._keeps = statement_cache > 0
        self._statements = StatementCache(self, statement_cache)

    def announce(self, events: Events, *, comments: bool) -> None:
        """Tell of this connection and of what runs on it; with ``comments``, to the server too, by names in texts."""
        self.events = events
        self.text_of = commented if comments else verbatim
        self._announced = self.pgconn.backend_pid
        events.emit("connect", ConnectEvent(self._announced))

    def close(self) -> None:
        """Close the connection, if it is not closed yet."""
        super().close()
        pid, self._announced = self._announced, None
        if pid is not None:
            self.events.emit("disconnect", DisconnectEvent(pid))

    def run(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        """
        Run one statement and return what ``read`` makes of its answer: every call begins and ends here.

        A cancellation cancels the statement in the server too, and leaves the connection usable.
        """
        if self.events.watches_calls:
            if not isinstance(read, Observation):
                with Observation(self.events, query, params, read) as observation:
                    return self.run(query, params, observation)
            read.sending()
        if self.copying:
            self.check_free(query.name)
        statement = self._statements.find(query)
        if statement is None and not (self._keeps and query.kept):
            return self._run_on_cursor(query, params, read)
        try:
            if statement is None:
                statement = self._prepare(query)
            try:
                return self._run_prepared(statement, query, params, read)
            except HEALABLE as error:
                if not self._heals(statement, query, error):
                    raise
            return self._run_prepared(self._prepare(query), query, params, read)
        except psycopg.Error as error:
            self._explain(error, query)
            raise

    @property
    def writer_query(self) -> Query[Any]:
        """What asks who writes in the open transaction; the answer is for ``writer_of``."""
        return WRITER_FACTS if self._writer is None else WRITER_XID

    def writer_of(self, answer: Writer | int | None) -> Writer | None:
        """Return who writes; None where nobody can."""
        if isinstance(answer, int) and self._writer is not None:
            return replace(self._writer, xid=answer)
        told = answer if isinstance(answer, Writer) else None
        if self._keeps:
            self._writer = told
        return told

    def keeps_process(self) -> bool:
        """Return True where the server's process is the same from transaction to transaction: no pooler is between."""
        return self._keeps

    def is_alive(self) -> bool:
        """Return False where the server is known to have closed the connection."""
        return self._pulse.is_alive()

    def is_idle(self) -> bool:
        """Return True outside any statement and transaction."""
        return self.pgconn.transaction_status == _IDLE

    def is_failed(self) -> bool:
        """Return True in a transaction in which a statement has failed."""
        return self.pgconn.transaction_status == _FAILED

    def name_violation(self, error: BaseException, types: Types = NO_TYPES) -> None:
        """Make an error of a constraint that generated code knows one of that class; ``types`` are the query's."""
        name_violation(error, types, tuple(self.catalog.registrations))

    def _explain(self, error: psycopg.Error, query: Query[Any]) -> None:
        error.add_note(f"query: {query.name}")
        self.name_violation(error, query.types)
        self._see_demotion(error)

    def _see_demotion(self, error: psycopg.Error) -> None:
        if error.sqlstate == READ_ONLY and self.pgconn.parameter_status(b"in_hot_standby") == b"on":
            self.is_demoted = True

    def _prepare(self, query: Query[T]) -> PreparedStatement[T]:
        with self._statement_lock:
            # Another task or thread may have prepared it meanwhile.
            return self._statements.find(query) or self._statements.prepare(query)

    def _run_prepared(
        self,
        statement: PreparedStatement[T],
        query: Query[T],
        params: tuple[object, ...],
        read: Callable[[Result[T]], R],
    ) -> R:
        values = statement.write(params)
        with self.lock:
            self.pgconn.send_query_prepared(statement.name, values, None, statement.form)
            pgresult = answer_of(self.wait(execute(self.pgconn)))
            try:
                answer = read(Result(query, pgresult, statement.rows(self.pgconn)))
            except UnknownType:
                pass
            except BaseException:
                pgresult.clear()
                raise
            else:
                # The memory of the answer must not be kept with the statement.
                pgresult.clear()
                return answer
        self._statements.give_up(query)
        try:
            return self._read_anew(query, pgresult, read)
        finally:
            pgresult.clear()

    def _heals(self, statement: PreparedStatement[Any], query: Query[Any], error: psycopg.Error) -> bool:
        """Forget what no longer holds, and return whether to try again. Raises where that has cost the transaction."""
        kind = healable(error, statement.name)
        if kind is None:
            return False
        if kind is StatementLost:
            self._statements.forget()
        else:
            self._statements.give_up(query)
            self.catalog.renew()
        if not self.is_idle():
            raise retryable(kind, error) from None
        return True

    def _run_on_cursor(self, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]) -> R:
        values = encode_parameters(query, params)
        with self._statement_lock:
            cursor = self._cursor_for(query.types)
            pgresult = self._execute(cursor, query, values)
            if pgresult.command_status in _FORGETTING:
                self._statements.forget()
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

    def _execute(self, cursor: Cursor, query: Query[Any], values: Sequence[object]) -> PGresult:
        cursor.format = Format.TEXT if query.text else Format.BINARY
        try:
            try:
                cursor.execute(self.text_of(query), values, prepare=None if query.kept else False)
            except psycopg.errors.FeatureNotSupported:
                # "Cached plan must not change result type", after an ALTER by somebody else. Outside a
                # transaction nothing has happened yet; inside one, the rollback makes psycopg prepare anew.
                if not self.is_idle():
                    raise
                self.execute(b"DEALLOCATE ALL")
                cursor.execute(self.text_of(query), values)
        except (psycopg.Error, TypeError, ValueError, RecursionError) as error:
            comes_from_here = getattr(error, "sqlstate", None) is None
            if comes_from_here and (refusal := explain_refusal(query, values, cursor)):
                raise refusal from None
            if isinstance(error, psycopg.Error):
                self._explain(error, query)
            else:
                error.add_note(f"query: {query.name}")
            raise
        assert cursor.pgresult is not None, "execute() has not raised"
        return cursor.pgresult

    def _read(self, cursor: Cursor, query: Query[T], pgresult: PGresult, read: Callable[[Result[T]], R]) -> R:
        if query.columns:
            self._statements.compare(query, Description.of(pgresult))
        # New loaders each time: they remember the session's time zone.
        try:
            return read(Result(query, pgresult, Rows(query, cursor)))
        except UnknownType:
            return self._read_anew(query, pgresult, read)

    def _read_anew(self, query: Query[T], pgresult: PGresult, read: Callable[[Result[T]], R]) -> R:
        # A type may have been made anew, with another oid: look again, once.
        self.catalog.registrations.pop(query.types, None)
        cursor = self._cursor_for(query.types)
        try:
            return read(Result(query, pgresult, Rows(query, cursor)))
        except UnknownType as error:
            raise SchemaDrift(f"{query.name}: {error}; migrate, or generate again") from None

    def _cursor_for(self, types: Types) -> Cursor:
        registrations = self.catalog.registrations
        known = registrations.get(types)
        kept = self._kept_cursors.get(types)
        if kept is not None and kept[0] is known:
            return kept[1]
        if known is None:
            known = registrations[types] = self._look_up(types)
        cursor = psycopg.RawCursor(self)
        for register in known:
            register(cursor)
        self._kept_cursors[types] = known, cursor
        return cursor

    def _look_up(self, types: Types) -> tuple[Registration, ...]:
        return bind_types(types, self._facts_of(types)) if types else ()

    def _facts_of(self, types: Types) -> list[TypeFacts]:
        cursor = psycopg.RawCursor(self, row_factory=class_row(TypeFacts))
        cursor.execute(LOOK_UP_TYPES, ([declared.name for declared in types],))
        return cursor.fetchall()
