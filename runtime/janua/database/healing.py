"""Which errors mean that a statement has to be prepared anew, and what is raised where that comes too late."""

from __future__ import annotations

from typing import TypeAlias

import psycopg
from psycopg.errors import FeatureNotSupported, InternalError_, InvalidSqlStatementName


class PlanOutdated(FeatureNotSupported):
    """In a transaction, a prepared statement met a table that somebody has changed: the transaction is lost."""


class StatementLost(InvalidSqlStatementName):
    """In a transaction, a prepared statement was gone: somebody has deallocated it. The transaction is lost."""


class TypeOutdated(InternalError_):
    """In a transaction, a prepared statement met a type that somebody has made anew: the transaction is lost."""


HEALABLE = (FeatureNotSupported, InvalidSqlStatementName, InternalError_)
"""The classes of errors among which those are that preparing anew may heal."""
Healable: TypeAlias = FeatureNotSupported | InvalidSqlStatementName | InternalError_

OUTDATED = (PlanOutdated, StatementLost, TypeOutdated)
"""What a transaction in which one is raised may succeed after, when it is run again."""


def healable(error: psycopg.Error, name: bytes) -> type[Healable] | None:
    """
    Return the class for an error of the prepared statement ``name`` that preparing it anew may heal, or None.

    None of them is raised once the statement has done anything.
    """
    diagnostic = error.diag
    message = diagnostic.message_primary or ""
    match error.sqlstate:
        case "0A000" if diagnostic.source_function == "RevalidateCachedQuery":
            # "cached plan must not change result type", in the server's language
            return PlanOutdated
        case "26000" if name.decode() in message:
            return StatementLost
        case "XX000" if message.startswith("cache lookup failed"):
            # of a parameter's type that was dropped; elog's messages are not translated
            return TypeOutdated
    return None


def retryable(kind: type[Healable], error: psycopg.Error) -> Healable:
    """Return the same error as one of the classes of :data:`OUTDATED`."""
    return kind(*error.args, info=error.pgresult, encoding="utf-8")
