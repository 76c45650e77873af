# Derived from runtime/janua/migrations/_async/turn.py by tools/derive_sync.py; do not edit.
"""One runner at a time: a lock of the session, which ends with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from janua.database._sync.session import Session
from janua.database.concurrency import sleep
from janua.errors import MigrationError
from janua.migrations.progress import ProgressShown, StepShown

_POLL_S = 0.1
_LONGEST_POLL_S = 1.0


@contextmanager
def turn(session: Session, ledger: str, progress: ProgressShown, patience_s: float | None) -> Iterator[None]:
    """
    Be the only one that migrates by this tracking table, for a block.

    The lock is polled: a session that blocks in pg_advisory_lock holds a snapshot, for which CREATE INDEX
    CONCURRENTLY of the session that has the lock would wait, and the two would be a deadlock. Raises
    MigrationError where it is not free within ``patience_s`` seconds.
    """
    key = int.from_bytes(hashlib.sha256(f"janua migrations {ledger}".encode()).digest()[:8], "big", signed=True)
    if not _try(session, key):
        with progress.step("waiting for another migrator") as step:
            _wait(session, key, step, patience_s)
    try:
        yield
    finally:
        if not session.closed and session.is_idle():
            session.execute("SELECT pg_advisory_unlock(%s)", (key,))


def _wait(session: Session, key: int, step: StepShown, patience_s: float | None) -> None:
    start, pause = monotonic(), _POLL_S
    while not _try(session, key):
        holder = _holder(session, key)
        step.note(holder)
        if patience_s is not None and monotonic() - start > patience_s:
            raise MigrationError(f"another migrator is at work, and was still after {patience_s:g} s: {holder}")
        sleep(pause)
        pause = min(pause * 1.5, _LONGEST_POLL_S)


def _try(session: Session, key: int) -> bool:
    row = (session.execute("SELECT pg_try_advisory_lock(%s)", (key,))).fetchone()
    return row == (True,)


def _holder(session: Session, key: int) -> str:
    """Who has the lock, as far as the server tells."""
    cursor = session.execute(
        "SELECT a.pid, a.usename, a.application_name, host(a.client_addr) FROM pg_locks l"
        " JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
        " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND l.classid = %s::oid AND l.objid = %s::oid",
        (str((key >> 32) & 0xFFFFFFFF), str(key & 0xFFFFFFFF)),
    )
    row = cursor.fetchone()
    if row is None:
        return "another session"
    pid, user, application, address = row
    return f"pid {pid}, {user}, {application or 'without a name'}{f', {address}' if address else ''}"
