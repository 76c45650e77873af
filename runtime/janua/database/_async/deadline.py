"""Statements that may take only so long, whatever the transaction around them allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from psycopg.pq import TransactionStatus

from janua.database._async.session import AsyncSession
from janua.database.results import Result
from janua.database.settings import REPLACE_TIMEOUT, limit_of
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")


async def run_in_transaction(
    session: AsyncSession, query: Query[T], params: tuple[object, ...], read: Callable[[Result[T]], R]
) -> R:
    """
    Run a query on a session that is in a transaction, within the query's ``timeout``.

    Afterwards the transaction's own limit holds again: set back here, or by the rollback that an error
    demands, to a savepoint too. Raises psycopg.errors.QueryCanceled where it takes longer.
    """
    if query.timeout is None:
        return await session.run(query, params, read)
    before = await session.run(REPLACE_TIMEOUT, (limit_of(query.timeout),), Result.one)
    try:
        return await session.run(query, params, read)
    finally:
        if session.pgconn.transaction_status == TransactionStatus.INTRANS:
            await session.run(REPLACE_TIMEOUT, (before,), Result.one)
