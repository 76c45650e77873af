"""Statements that are kept: what each method returns, on a database, a connection and a transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from janua import NotFound, RowCountError, TooManyRows


@dataclass
class Item:
    """A class of rows."""

    id: int
    name: str | None


@pytest.fixture(params=["database", "connection", "transaction"])
async def executor(request: pytest.FixtureRequest, twin: Any, settle: Any, block: Any) -> AsyncIterator[Any]:
    """Each place where statements run, with two items."""
    await settle(twin.raw("INSERT INTO items VALUES (1, 'a'), (2, NULL)"))
    if request.param == "database":
        yield twin
    else:
        async with block(getattr(twin, request.param)()) as found:
            yield found


ALL = "SELECT name, id FROM items WHERE id >= $1 ORDER BY id"


async def test_rows_are_dicts(executor: Any, settle: Any) -> None:
    """By column name."""
    kept = executor.prepare(ALL)
    assert [{"name": "a", "id": 1}, {"name": None, "id": 2}] == await settle(kept.fetch_all((1,)))
    assert {"name": None, "id": 2} == await settle(kept.fetch_one((2,)))
    assert None is await settle(kept.fetch_optional((3,)))


async def test_rows_are_instances(executor: Any, settle: Any) -> None:
    """Of the class that was given, called by name."""
    kept = executor.prepare(ALL, row=Item)
    assert [Item(1, "a"), Item(2, None)] == await settle(kept.fetch_all((1,)))
    assert Item(1, "a") == await settle(kept.fetch_first((1,)))
    assert Item(2, None) == await settle(kept.fetch_optional((2,)))


async def test_the_number_of_rows_is_checked(executor: Any, settle: Any) -> None:
    """As that of queries is."""
    kept = executor.prepare(ALL)
    for fetch in (kept.fetch_one, kept.fetch_optional):
        with pytest.raises(TooManyRows, match="prepared returned 2 rows"):
            await settle(fetch((1,)))
    for fetch in (kept.fetch_one, kept.fetch_first):
        with pytest.raises(NotFound, match="prepared returned no row"):
            await settle(fetch((3,)))


async def test_writes_are_counted(executor: Any, settle: Any) -> None:
    """And return no rows."""
    kept = executor.prepare("UPDATE items SET name = 'b' WHERE id = $1")
    assert 1 == await settle(kept.affected((1,)))
    assert None is await settle(kept.execute((1,)))
    assert [] == await settle(kept.fetch_all((1,)))
    with pytest.raises(RowCountError, match="does not return rows"):
        await settle(kept.fetch_first((1,)))


async def test_it_is_prepared_after_some_runs(twin: Any, settle: Any, block: Any) -> None:
    """On the connection that runs it."""
    async with block(twin.connection()) as connection:
        kept = connection.prepare("SELECT 4711 AS n")
        for _ in range(8):
            await settle(kept.fetch_one())
        sql = "SELECT 1 FROM pg_prepared_statements WHERE statement = 'SELECT 4711 AS n'"
        assert 1 == len(await settle(connection.raw(sql)))
