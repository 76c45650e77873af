# Derived from runtime/janua/database/_async/deadline.py by tools/derive_sync.py; do not edit.
"""Statements that may take only so long, whatever the transaction around them allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from psycopg.pq import TransactionStatus

from janua.database._sync.session import Session
from janua.database.results import Result
from janua.database.settings import REPLACE_TIMEOUT, limit_of
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")


def run_in_transaction(
    session: Session, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]
) -> R:
    """
    Run a query on a session that is in a transaction, within the query's ``timeout``.

    Afterwards the transaction's own limit holds again: set back here, or by the rollback that an error
    demands, to a savepoint too. Raises psycopg.errors.QueryCanceled where it takes longer.
    """
    if query.timeout is None:
        return session.run(query, params, read)
    before = session.run(REPLACE_TIMEOUT, (limit_of(query.timeout),), Result.one)
    try:
        return session.run(query, params, read)
    finally:
        if session.pgconn.transaction_status == TransactionStatus.INTRANS:
            session.run(REPLACE_TIMEOUT, (before,), Result.one)
