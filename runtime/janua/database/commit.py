"""COMMIT, and with it the question for the transaction's id, by which its fate is asked where the answer is lost."""

from __future__ import annotations

from enum import Enum
from typing import NoReturn

import psycopg
from psycopg import generators
from psycopg.abc import PQGen
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

_ASK = b"SELECT pg_catalog.pg_current_xact_id_if_assigned()"


class Outcome(Enum):
    """What became of a transaction."""

    COMMITTED = "committed"
    ABORTED = "aborted"
    UNKNOWN = "unknown"


class Commit:
    """
    One COMMIT. Its attributes are true at any moment, also after the exchange was left by an exception.

    ``outcome`` is ABORTED as long as COMMIT cannot have been run, and for a transaction without an
    id, which has written nothing (a NOTIFY excepted) that could be lost. ``is_refused`` says that the
    server has answered with an error and lives on. ``xid`` is the transaction's id.

    Unless the transaction is ``read_only``, its id is asked for before COMMIT, without a round trip of
    its own: the server sends it before it begins to commit. With ``certain`` there is one, and COMMIT
    is sent when the id has arrived.
    """

    def __init__(self, *, read_only: bool = False, certain: bool = False) -> None:
        self._asks = not read_only
        self._waits = certain and not read_only
        self.outcome = Outcome.ABORTED
        self.xid: int | None = None
        self.is_refused = False
        self._unread_syncs = 0

    def exchange(self, pgconn: PGconn) -> PQGen[None]:
        """Send COMMIT and read the answer. Raises what the server reports."""
        pgconn.enter_pipeline_mode()
        try:
            if self._asks:
                yield from self._ask(pgconn)
            yield from self._commit(pgconn)
        except psycopg.Error:
            if self.is_refused:
                yield from self._leave(pgconn)
            raise
        yield from self._leave(pgconn)

    def _ask(self, pgconn: PGconn) -> PQGen[None]:
        pgconn.send_query_params(_ASK, None)
        if self._waits:
            self._sync(pgconn)
            yield from generators.send(pgconn)
            yield from self._read_id(pgconn)
        else:
            # Without it the id would wait in the server for the answer to COMMIT, and be lost with it.
            pgconn.send_flush_request()

    def _commit(self, pgconn: PGconn) -> PQGen[None]:
        pgconn.send_query_params(b"COMMIT", None)
        self._sync(pgconn)
        if self._asks and not (self._waits and self.xid is None):
            self.outcome = Outcome.UNKNOWN
        yield from generators.send(pgconn)
        if self._asks and not self._waits:
            yield from self._read_id(pgconn)
        yield from self._read_answer(pgconn)

    def _sync(self, pgconn: PGconn) -> None:
        pgconn.pipeline_sync()
        self._unread_syncs += 1

    def _read_id(self, pgconn: PGconn) -> PQGen[None]:
        result = yield from self._fetch(pgconn)
        if result.status != ExecStatus.TUPLES_OK:
            self._fail(result, "ERROR", "FATAL", "PANIC")
        value = result.get_value(0, 0)
        if value is None:
            self.outcome = Outcome.ABORTED
        else:
            self.xid = int(value)

    def _read_answer(self, pgconn: PGconn) -> PQGen[None]:
        result = yield from self._fetch(pgconn)
        if result.status != ExecStatus.COMMAND_OK:
            self._fail(result, "ERROR")
        # In a transaction in which a statement has failed, the answer to COMMIT is ROLLBACK.
        is_committed = result.command_status == b"COMMIT"
        self.outcome = Outcome.COMMITTED if is_committed else Outcome.ABORTED

    def _fetch(self, pgconn: PGconn) -> PQGen[PGresult]:
        """Return the next statement's first result: of several, an error would be the next one's."""
        while True:
            results: list[PGresult] = yield from generators.fetch_many(pgconn)
            if not results:
                raise psycopg.OperationalError("the connection was lost")
            if results[0].status != ExecStatus.PIPELINE_SYNC:
                return results[0]
            self._unread_syncs -= 1

    def _fail(self, result: PGresult, *without_commit: str) -> NoReturn:
        """
        Raise the error. COMMIT has not been run where the server reports it with one of these severities.

        After an error it does not run what follows, and a process that is ending runs nothing at all. A
        loss that libpq has noticed comes as such a result too, but without a severity.
        """
        error = error_from_result(result, encoding="utf-8")
        severity = error.diag.severity_nonlocalized
        self.is_refused = severity == "ERROR"
        if severity in without_commit:
            self.outcome = Outcome.ABORTED
        raise error

    def _leave(self, pgconn: PGconn) -> PQGen[None]:
        """Read to the end. What is lost from here on changes nothing that is known."""
        try:
            while self._unread_syncs:
                results = yield from generators.fetch_many(pgconn)
                if results and results[0].status == ExecStatus.PIPELINE_SYNC:
                    self._unread_syncs -= 1
            pgconn.exit_pipeline_mode()
        except psycopg.OperationalError:
            pgconn.finish()
