# Derived from runtime/janua/database/_async/telling.py by tools/derive_sync.py; do not edit.
"""Statements outside transactions that write what is cached: the cache is told before they are committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from janua.database._sync.caching import Caching
from janua.database._sync.pool import SessionPool
from janua.database._sync.session import Session
from janua.database._sync.transaction import Transaction
from janua.database._sync.transaction_source import begin, run_alone
from janua.database.blocks import handling_of
from janua.database.facts import ASSIGN_XID
from janua.database.results import Result
from janua.query import EVERYTHING, Query

T = TypeVar("T")
R = TypeVar("R")


def run_telling(
    pool: SessionPool,
    session: Session,
    query: Query[T],
    params: tuple[object, ...],
    read: Callable[[Result[T]], R],
) -> R:
    """
    Run a statement that no transaction of ours is around, and tell the cache of what it writes.

    What can, runs in one, so that the cache learns its id. For the rest, and while somebody's own BEGIN is open,
    the cache is told before the statement, and again when the session has nothing open any more.
    """
    caching = pool.caching
    assert caching is not None
    handling = handling_of(query.sql)
    if session.is_idle() and handling == "block" and query.writes:
        if query.timeout is None:
            return Transaction(session, pool)._run_only(query, params, read)
        transaction = begin(Transaction(session, pool), b"BEGIN")
        with transaction._scope():
            return transaction._run(query, params, read)
    try:
        if handling != "as it is" and not session.is_failed():
            _mark(caching, session, query)
        return run_alone(pool, session, query, params, read, read_only=False)
    finally:
        session.facts = {}
        if session.is_idle():
            _clear(caching, session)


def _mark(caching: Caching, session: Session, query: Query[Any]) -> None:
    told = {table for marking in session.marks for table in marking.tables}
    tables = [] if told.issuperset(EVERYTHING) else [table for table in query.writes if table not in told]
    if not tables:
        return
    if not session.is_idle():
        # Whoever makes a key anew, because it was lost with its mark, waits for those that have an id.
        session.run(ASSIGN_XID, (), Result.ignore)
    marking = caching.mark(session, tables, anyway=True)
    if marking is not None:
        session.marks.append(marking)


def _clear(caching: Caching, session: Session) -> None:
    while session.marks:
        caching.clear(session.marks.pop())
