# Derived from runtime/janua/database/_async/commit.py by tools/derive_sync.py; do not edit.
"""COMMIT, and where the connection is lost, what became of the transaction: asked on a new one."""

from __future__ import annotations

from itertools import count
from time import monotonic

import psycopg
from psycopg.errors import InvalidParameterValue

from janua.database._sync.pool import SessionPool
from janua.database._sync.session import Session
from janua.database.commit import Commit, Outcome
from janua.database.concurrency import sleep
from janua.database.origin import END_ORPHAN, READ_ORIGIN, READ_STATUS, Origin, read_first_new_id
from janua.errors import CommitUnknown, ServerUnreachable, TransactionLost

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5


def read_origin(session: Session) -> Origin | None:
    """Return which server this is; None for a standby and for one that does not tell."""
    try:
        cursor = psycopg.RawCursor(session)
        row = (cursor.execute(READ_ORIGIN)).fetchone()
    except psycopg.Error:
        return None
    return Origin(*row) if row is not None else None


def unknown(reason: str, xid: int | None = None) -> CommitUnknown:
    """Return the error for a transaction whose outcome cannot be told, for this reason."""
    return CommitUnknown(f"the connection was lost at COMMIT; whether it was committed is unknown: {reason}", xid)


def send_commit(session: Session, commit: Commit) -> None:
    """
    Commit the transaction of this session; what is known of it is in ``commit``, however this ends.

    Raises what the server reports, and psycopg.OperationalError where the connection is lost.
    """
    if not session.is_alive():
        raise psycopg.OperationalError("the server had closed the connection before COMMIT was sent")
    with session.lock:
        try:
            session.wait(commit.exchange(session.pgconn))
        except psycopg.Error as error:
            session.name_violation(error)
            raise


def resolve(commit: Commit, origin: Origin | None, pool: SessionPool) -> None:
    """
    Return where the transaction was committed although the answer to COMMIT is lost.

    Raises TransactionLost where nothing was committed, CommitUnknown where that cannot be told.
    """
    outcome = commit.outcome
    if outcome is Outcome.UNKNOWN:
        if commit.xid is None:
            raise unknown("the transaction's id has not arrived either")
        if origin is None:
            raise unknown("the server does not tell which one it is", commit.xid)
        outcome = Resolution(pool, commit.xid, origin).outcome()
        # It may have been committed after the session went back: fresh reads ask again for the position.
        pool.last_use = object()
    if outcome is Outcome.ABORTED:
        raise TransactionLost("the connection was lost at COMMIT, and nothing was committed")


class Resolution:
    """Asks a server what became of a transaction, by its id and by where that came from."""

    def __init__(self, pool: SessionPool, xid: int, origin: Origin) -> None:
        self._pool = pool
        self._xid = xid
        self._origin = origin

    def outcome(self) -> Outcome:
        """
        Return COMMITTED or ABORTED, as soon as a server of the same history says so.

        Raises CommitUnknown where the history is another, or nothing is known after the time that a
        call may wait for a connection.
        """
        deadline = monotonic() + self._pool.timeout
        for attempt in count():
            outcome = self._try()
            if outcome is not Outcome.UNKNOWN:
                return outcome
            if monotonic() >= deadline:
                break
            sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt))
        raise unknown(f"no server has told within {self._pool.timeout:g} s", self._xid)

    def _try(self) -> Outcome:
        # Beside the pool, in which others may be waiting for the server, too.
        try:
            session = self._pool.connect()
        except (psycopg.OperationalError, ServerUnreachable):
            return Outcome.UNKNOWN
        try:
            return self._ask(session)
        except psycopg.Error:
            return Outcome.UNKNOWN
        finally:
            session.close()

    def _ask(self, session: Session) -> Outcome:
        here = read_origin(session)
        if here is None:
            # A standby may be about to be promoted.
            return Outcome.UNKNOWN
        if not self._origin.same_history(here):
            raise unknown("the server is another one, or was promoted since", self._xid)
        if here.started != self._origin.started and self._is_forgotten(session):
            return Outcome.ABORTED
        match self._value(session, READ_STATUS, str(self._xid)):
            case "committed":
                return Outcome.COMMITTED
            case "aborted":
                return Outcome.ABORTED
            case "in progress":
                self._value(session, END_ORPHAN, str(self._xid))
                return Outcome.UNKNOWN
            case _:
                raise unknown("the server does not remember it any more", self._xid)

    def _is_forgotten(self, session: Session) -> bool:
        """Return True where the server has crashed before the id reached its disk: the id is another's since."""
        first = self._value(session, read_first_new_id(session.info.server_version))
        if first is None:
            raise unknown("the server has crashed, and may have given its id to another one", self._xid)
        return self._xid >= int(first)

    def _value(self, session: Session, sql: str, *params: str) -> str | None:
        cursor = psycopg.RawCursor(session)
        try:
            cursor.execute(sql, params)
        except InvalidParameterValue:
            return None
        row = cursor.fetchone()
        return row[0] if row is not None else None
