"""The asynchronous candidates, each with a pool of at most ten connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg_pool
from psycopg.rows import class_row
from subject import MANY, ONE, Calls, Candidate, Person

POOL = 10


@asynccontextmanager
async def janua(url: str) -> AsyncIterator[Calls]:
    """Generated functions on a database."""
    from benchmarked import people
    from janua import AsyncDatabase

    async with AsyncDatabase(url) as db:
        yield Calls(lambda key: people.get_person(db, id=key), lambda: people.list_people(db))


@asynccontextmanager
async def asyncpg(url: str) -> AsyncIterator[Calls]:
    """The pool's own shortcuts, and its records made into dataclasses."""
    from asyncpg import create_pool

    async with create_pool(url, min_size=1, max_size=POOL) as pool:

        async def one(key: UUID) -> Person | None:
            record = await pool.fetchrow(f"{ONE}$1", key)
            return None if record is None else Person(*record)

        async def many() -> list[Person]:
            return [Person(*record) for record in await pool.fetch(MANY)]

        yield Calls(one, many)


@asynccontextmanager
async def psycopg_async(url: str) -> AsyncIterator[Calls]:
    """Without transactions around each statement."""
    pool = psycopg_pool.AsyncConnectionPool(url, min_size=1, max_size=POOL, kwargs={"autocommit": True}, open=False)
    async with pool:
        await pool.wait()

        async def one(key: UUID) -> Person | None:
            async with pool.connection() as connection, connection.cursor(row_factory=class_row(Person)) as cursor:
                await cursor.execute(f"{ONE}%s", (key,))
                return await cursor.fetchone()

        async def many() -> list[Person]:
            async with pool.connection() as connection, connection.cursor(row_factory=class_row(Person)) as cursor:
                await cursor.execute(MANY)
                return await cursor.fetchall()

        yield Calls(one, many)


@asynccontextmanager
async def psqlpy(url: str) -> AsyncIterator[Calls]:
    """The driver in Rust, which has threads of its own."""
    from psqlpy import ConnectionPool

    pool = ConnectionPool(dsn=url.replace("@/", "@localhost/"), max_db_pool_size=POOL)

    async def one(key: UUID) -> Any:
        async with pool.acquire() as connection:
            return (await connection.fetch_row(f"{ONE}$1", [key])).as_class(Person)

    async def many() -> Any:
        async with pool.acquire() as connection:
            return (await connection.fetch(MANY)).as_class(Person)

    yield Calls(one, many)
    pool.close()


def _on(loop: str) -> tuple[Candidate, ...]:
    return (
        Candidate(f"janua, {loop}", janua, loop),
        Candidate(f"asyncpg pool, {loop}", asyncpg, loop),
        Candidate(f"psycopg pool, class_row, {loop}", psycopg_async, loop),
        Candidate(f"psqlpy pool, {loop}", psqlpy, loop),
    )


ASYNCHRONOUS = (*_on("asyncio"), *_on("uvloop"))
