"""Calls that can tell whether an answer is theirs: each sends a token that all that comes back must have."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from janua import AsyncDatabase, Database, Query

SCHEMA = "CREATE TABLE tokens (token uuid NOT NULL, number int NOT NULL)"

Row: TypeAlias = tuple[UUID, int]
Call: TypeAlias = Callable[[Database, UUID], None]
AsyncCall: TypeAlias = Callable[[AsyncDatabase, UUID], Awaitable[None]]


class ForeignRow(AssertionError):
    """An answer that belongs to another call."""


@dataclass
class Mark:
    """A row to be loaded."""

    token: UUID
    number: int


def _query(name: str, sql: str, timeout: float | None = None) -> Query[Row]:
    columns = ("uuid", "integer")
    return Query[Row](f"soak.{name}", sql, ("uuid",), columns, row=lambda *row: row, timeout=timeout)


ONE = _query("one", "SELECT $1::uuid, 1")
MANY = _query("many", "SELECT $1::uuid, n FROM generate_series(1, 300) AS n")
SLOW = _query("slow", "SELECT $1::uuid, 1 FROM pg_sleep(0.02)")
LIMITED = _query("limited", "SELECT $1::uuid, 1 FROM pg_sleep(0.02)", timeout=0.01)
FAILING = _query("failing", "SELECT $1::uuid, 1 / (random() * 0)::int")
READ = _query("read", "SELECT token, number FROM tokens WHERE token = $1")
WRITE = Query[None]("soak.write", "INSERT INTO tokens VALUES ($1, $2)", ("uuid", "integer"))
LOAD = Query[None](
    "soak.load", "COPY tokens (token, number) FROM STDIN", ("uuid", "integer"), attributes=("token", "number")
)
# More texts than a connection keeps prepared.
VARIED = [_query(f"varied{number}", f"SELECT $1::uuid, {number}") for number in range(700)]


def check(token: UUID, rows: Iterable[Row], count: int) -> None:
    """Raise ForeignRow unless these are so many rows with this token."""
    found = list(rows)
    if len(found) != count or {token} != {each for each, _ in found}:
        raise ForeignRow(f"{count} rows of {token} were asked for, and {found[:3]} came")


class Undone(Exception):
    """What ends a transaction whose rows nobody wants."""


def transaction(db: Database, token: UUID) -> None:
    """Write, read it back, and take it back."""
    try:
        with db.transaction() as tx:
            tx.execute(WRITE, (token, 1))
            with tx.transaction():
                tx.execute(WRITE, (token, 2))
            check(token, tx.fetch_all(READ, (token,)), 2)
            raise Undone
    except Undone:
        check_none(db.fetch_all(READ, (token,)))


async def async_transaction(db: AsyncDatabase, token: UUID) -> None:
    """The same, with rows that were copied."""
    try:
        async with db.transaction() as tx:
            await tx.copy(LOAD, [Mark(token, number) for number in range(100)])
            check(token, await tx.fetch_all(READ, (token,)), 100)
            raise Undone
    except Undone:
        check_none(await db.fetch_all(READ, (token,)))


def check_none(rows: list[Row]) -> None:
    """Raise ForeignRow where there are any."""
    if rows:
        raise ForeignRow(f"{rows[:3]} were taken back, and are there")


def stream(db: Database, token: UUID) -> None:
    """Take some rows and leave the rest."""
    with db.stream(MANY, (token,)) as rows:
        check(token, [row for row, _ in zip(rows, range(7), strict=False)], 7)


async def async_stream(db: AsyncDatabase, token: UUID) -> None:
    """The same."""
    async with db.stream(MANY, (token,)) as rows:
        check(token, [await anext(rows) for _ in range(7)], 7)


async def pipeline(db: AsyncDatabase, token: UUID) -> None:
    """Several at once on one connection."""
    async with db.pipeline() as pipe:
        answers = await asyncio.gather(*(pipe.fetch_all(each, (token,)) for each in (ONE, MANY, VARIED[0])))
    for rows, count in zip(answers, (1, 300, 1), strict=True):
        check(token, rows, count)


def fetching(query: Callable[[], Query[Row]], count: int) -> tuple[Call, AsyncCall]:
    """Return both ways to fetch all rows of a query."""

    def call(db: Database, token: UUID) -> None:
        check(token, db.fetch_all(query(), (token,)), count)

    async def async_call(db: AsyncDatabase, token: UUID) -> None:
        check(token, await db.fetch_all(query(), (token,)), count)

    return call, async_call


_FETCHES = [
    fetching(lambda: ONE, 1),
    fetching(lambda: MANY, 300),
    fetching(lambda: SLOW, 1),
    fetching(lambda: LIMITED, 1),
    fetching(lambda: FAILING, 1),
    fetching(lambda: random.choice(VARIED), 1),
]
CALLS: list[Call] = [*(call for call, _ in _FETCHES), transaction, stream]
ASYNC_CALLS: list[AsyncCall] = [*(call for _, call in _FETCHES), async_transaction, async_stream, pipeline]
