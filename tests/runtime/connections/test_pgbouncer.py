"""A real PgBouncer in transaction mode, whose two server connections many clients share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg
import pytest
from janua import AsyncDatabase, PoolOptions, Query, Types
from janua.query import CompositeType, EnumType

from tests.runtime.connections.pgbouncer import bouncing, needs_pgbouncer

pytestmark = needs_pgbouncer


class Mood(StrEnum):
    OK = "ok"
    SAD = "sad"


@dataclass(slots=True)
class Point2:
    x: int
    y: int


TYPES = Types((EnumType("public.mood", Mood), CompositeType("public.point2", Point2)))
MOOD = Query[Mood]("mood", "SELECT $1::mood", params=("mood",), columns=("mood",), types=TYPES)
POINT = Query[Point2]("point", "SELECT $1::point2", params=("point2",), columns=("point2",), types=TYPES)
PID = Query[int]("pid", "SELECT pg_backend_pid()")
PUT = Query[None]("put", "INSERT INTO items VALUES ($1, $2)", params=("integer", "text"))


@pytest.fixture(scope="module")
def pgbouncer_url(pg_url: str) -> Iterator[str]:
    """The address of the tests' database through a PgBouncer of its own."""
    with bouncing(pg_url) as url:
        yield url


@pytest.fixture
def made(twin_class: Any, pgbouncer_url: str, pg_url: str) -> Any:
    """A database with more connections than PgBouncer has to the server, and an empty table."""
    with psycopg.connect(pg_url, autocommit=True) as server:
        server.execute("TRUNCATE items CASCADE")
    return twin_class(pgbouncer_url, pgbouncer=True, pool=PoolOptions(min_size=6, max_size=6))


async def test_statements_are_never_prepared(made: Any, settle: Any, block: Any) -> None:
    """However often they run, and on whichever of the server's connections (no 42P05, no 26000)."""
    async with block(made) as database:
        pids = set()
        for number in range(40):
            async with block(database.transaction()) as tx:
                await settle(tx.execute(PUT, (number, "x")))
                pids.add(await settle(tx.fetch_one(PID)))
            assert Mood.SAD == await settle(database.fetch_one(MOOD, (Mood.SAD,)))
            assert Point2(1, number) == await settle(database.fetch_one(POINT, (Point2(1, number),)))
        assert [{"count": 40}] == await settle(database.raw("SELECT count(*) FROM items"))
        assert 1 <= len(pids) <= 2


async def test_many_clients_share_two_connections(pgbouncer_url: str, pg_url: str) -> None:
    """In transactions that interleave; each sees its own."""

    async def work(database: AsyncDatabase, number: int) -> bool:
        async with database.transaction() as tx:
            await tx.execute(PUT, (number, "mine"))
            await asyncio.sleep(0.001)
            rows = await tx.raw("SELECT id FROM items WHERE id = $1", (number,))
            assert Mood.OK == await tx.fetch_one(MOOD, (Mood.OK,))
            return rows == [{"id": number}]

    with psycopg.connect(pg_url, autocommit=True) as server:
        server.execute("TRUNCATE items CASCADE")
    async with AsyncDatabase(pgbouncer_url, pgbouncer=True, pool=PoolOptions(max_size=12)) as database:
        assert all(await asyncio.gather(*(work(database, number) for number in range(150))))


async def test_a_setting_of_a_transaction_ends_with_it(made: Any, settle: Any, block: Any) -> None:
    """On the server's connection too, which another client uses next."""
    async with block(made) as database:
        for _ in range(10):
            async with block(database.transaction(settings={"lock_timeout": "7s"})) as tx:
                assert [{"lock_timeout": "7s"}] == await settle(tx.raw("SHOW lock_timeout"))
            assert [{"lock_timeout": "0"}] == await settle(database.raw("SHOW lock_timeout"))


async def test_a_cancelled_call_ends_in_the_server(pgbouncer_url: str, pg_url: str) -> None:
    """Through PgBouncer, and its connection is free for others."""

    async with AsyncDatabase(pgbouncer_url, pgbouncer=True) as database:
        for _ in range(4):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await database.raw("SELECT pg_sleep(600)")
        assert await database.fetch_one(PID) > 0
    with psycopg.connect(pg_url, autocommit=True) as server:
        deadline = time.monotonic() + 10
        sql = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND state = 'active'"
        while server.execute(sql + " AND pid <> pg_backend_pid()").fetchone() != (0,):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


async def test_a_table_that_changes_harms_nothing(made: Any, pg_url: str, settle: Any, block: Any) -> None:
    """There is no plan that could go stale."""
    async with block(made) as database:
        with psycopg.connect(pg_url, autocommit=True) as server:
            server.execute("CREATE TABLE changing (a int)")
            try:
                for kind in ("bigint", "text", "int USING 1"):
                    for _ in range(8):
                        await settle(database.raw("SELECT a FROM changing"))
                    server.execute(f"ALTER TABLE changing ALTER a TYPE {kind}".encode())
                assert [] == await settle(database.raw("SELECT a FROM changing"))
            finally:
                server.execute("DROP TABLE changing")
