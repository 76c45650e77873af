"""A transaction of which nothing stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from janua.database import AsyncConnection, AsyncDatabase, AsyncTransaction


class _Over(Exception):
    """The block has ended."""


@asynccontextmanager
async def rolled_back(db: AsyncDatabase | AsyncConnection) -> AsyncIterator[AsyncTransaction]:
    """
    Give a transaction for a block, and take back all that was done in it, whatever ended it.

    It is a savepoint of a transaction outside of it: its ``commit`` keeps nothing either, and leaves it closed.
    What sequences have given is not taken back.
    """
    outer = await db.begin()
    try:
        async with outer.transaction() as transaction:
            yield transaction
            raise _Over
    except _Over:
        pass
    finally:
        await outer.rollback()
