"""Why the server has not answered a question: gone, or unable to tell."""

from __future__ import annotations

import psycopg

from janua.errors import ServerUnreachable


def raise_where_lost(error: psycopg.OperationalError) -> None:
    """Raise ServerUnreachable for an error that the server has not sent, or that it ends the connection with."""
    state = error.sqlstate
    # Class 57P: the server shuts down, starts, or has ended this session. 57014, a statement cancelled, is no such.
    if state is None or state.startswith(("08", "57P")):
        raise ServerUnreachable(f"PostgreSQL does not answer: {' '.join(str(error).split())}") from error


def reason_of(error: psycopg.DatabaseError) -> str:
    """Return in a line why a question has no answer."""
    if isinstance(error, psycopg.errors.QueryCanceled):
        return "it took too long: the monitor's timeout was reached"
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return "it would have had to wait for a lock"
    return error.diag.message_primary or " ".join(str(error).split())
