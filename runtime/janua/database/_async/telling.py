"""Statements outside transactions that write what is cached: the cache is told before they are committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from janua.database._async.caching import AsyncCaching
from janua.database._async.pool import AsyncSessionPool
from janua.database._async.session import AsyncSession
from janua.database._async.transaction import AsyncTransaction
from janua.database._async.transaction_source import begin, run_alone
from janua.database.blocks import handling_of
from janua.database.facts import ASSIGN_XID
from janua.database.results import Result
from janua.query import EVERYTHING, Query

T = TypeVar("T")
R = TypeVar("R")


async def run_telling(
    pool: AsyncSessionPool,
    session: AsyncSession,
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
            return await AsyncTransaction(session, pool)._run_only(query, params, read)
        transaction = await begin(AsyncTransaction(session, pool), b"BEGIN")
        async with transaction._scope():
            return await transaction._run(query, params, read)
    try:
        if handling != "as it is" and not session.is_failed():
            await _mark(caching, session, query)
        return await run_alone(pool, session, query, params, read, read_only=False)
    finally:
        session.facts = {}
        if session.is_idle():
            await _clear(caching, session)


async def _mark(caching: AsyncCaching, session: AsyncSession, query: Query[Any]) -> None:
    told = {table for marking in session.marks for table in marking.tables}
    tables = [] if told.issuperset(EVERYTHING) else [table for table in query.writes if table not in told]
    if not tables:
        return
    if not session.is_idle():
        # Whoever makes a key anew, because it was lost with its mark, waits for those that have an id.
        await session.run(ASSIGN_XID, (), Result.ignore)
    marking = await caching.mark(session, tables, anyway=True)
    if marking is not None:
        session.marks.append(marking)


async def _clear(caching: AsyncCaching, session: AsyncSession) -> None:
    while session.marks:
        await caching.clear(session.marks.pop())
