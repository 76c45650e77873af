"""One statement at a time: what each method returns, on a database, a connection and a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from janua import NotFound, Query, RowCountError, TooManyRows


@dataclass(slots=True)
class Item:
    id: int
    name: str | None


INSERT = Query[None]("items.insert", "INSERT INTO items VALUES ($1, $2)", params=("integer", "text"))
DELETE = Query[None]("items.delete", "DELETE FROM items WHERE id >= $1", params=("integer",))
ONE = Query("items.one", "SELECT id, name FROM items WHERE id >= $1", params=("integer",), row=Item)
ALL = Query("items.all", "SELECT id, name FROM items ORDER BY id", row=Item)
COUNT = Query[int]("items.count", "SELECT count(*) FROM items")


@pytest.fixture(params=["database", "connection", "transaction"])
async def executor(request: pytest.FixtureRequest, twin: Any, block: Any) -> Any:
    """Each place where statements run, filled with two rows."""
    if request.param == "database":
        yield twin
    else:
        async with block(getattr(twin, request.param)()) as place:
            yield place


async def test_rows_are_built_by_position(executor: Any, settle: Any) -> None:
    """A row class gets the columns in their order; without one, the bare value comes."""
    await settle(executor.execute(INSERT, (1, "a")))
    await settle(executor.execute(INSERT, (2, None)))
    assert [Item(1, "a"), Item(2, None)] == await settle(executor.fetch_all(ALL))
    assert Item(2, None) == await settle(executor.fetch_one(ONE, (2,)))
    assert Item(2, None) == await settle(executor.fetch_optional(ONE, (2,)))
    assert 2 == await settle(executor.fetch_one(COUNT))


async def test_no_row_is_not_found_or_none(executor: Any, settle: Any) -> None:
    """The error of fetch_one carries the query's name."""
    assert await settle(executor.fetch_optional(ONE, (9,))) is None
    with pytest.raises(NotFound, match=r"items.one returned no row") as caught:
        await settle(executor.fetch_one(ONE, (9,)))
    assert "items.one" == caught.value.query


async def test_more_rows_than_declared_is_an_error(executor: Any, settle: Any) -> None:
    """Both fetch_one and fetch_optional refuse to choose."""
    await settle(executor.execute(INSERT, (1, "a")))
    await settle(executor.execute(INSERT, (2, "b")))
    for fetch in (executor.fetch_one, executor.fetch_optional):
        with pytest.raises(TooManyRows, match=r"items\.one returned 2 rows instead of one"):
            await settle(fetch(ONE, (1,)))


async def test_affected_counts_rows(executor: Any, settle: Any) -> None:
    """It counts what was touched, or what a SELECT returned."""
    await settle(executor.execute(INSERT, (1, "a")))
    assert 1 == await settle(executor.affected(INSERT, (2, "b")))
    assert 2 == await settle(executor.affected(ALL))
    assert 2 == await settle(executor.affected(DELETE, (0,)))
    assert 0 == await settle(executor.affected(Query[None]("ddl", "COMMENT ON TABLE items IS 'x'")))


async def test_fetching_from_a_statement_without_rows_is_explained(executor: Any, settle: Any) -> None:
    """The message says which methods to use."""
    with pytest.raises(RowCountError, match=r"items.delete does not return rows; call it with execute"):
        await settle(executor.fetch_all(DELETE, (9,)))


async def test_raw_returns_dicts_or_instances(executor: Any, settle: Any) -> None:
    """Columns go by their names; a statement without rows gives an empty list."""
    assert [] == await settle(executor.raw("INSERT INTO items VALUES ($1, $2)", (1, "a")))
    sql = "SELECT name, id FROM items WHERE id = $1"
    assert [{"name": "a", "id": 1}] == await settle(executor.raw(sql, (1,)))
    assert [Item(1, "a")] == await settle(executor.raw(sql, (1,), row=Item))


async def test_raw_takes_dicts_as_json_and_gives_own_types_as_text(executor: Any, settle: Any) -> None:
    """Where no types are declared, the sensible ones are assumed."""
    rows = await settle(executor.raw("SELECT $1::jsonb AS j, 'ok'::mood AS m, $2::int[] AS a", ({"a": [1]}, [1])))
    assert [{"j": {"a": [1]}, "m": "ok", "a": [1]}] == rows


async def test_the_server_s_errors_pass_with_the_query_s_name(twin: Any, settle: Any) -> None:
    """psycopg's class stays, and a note names the query."""
    await settle(twin.execute(INSERT, (1, "a")))
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        await settle(twin.execute(INSERT, (1, "b")))
    assert ["query: items.insert"] == caught.value.__notes__


async def test_a_query_may_run_as_often_as_one_likes(twin: Any, settle: Any) -> None:
    """Statements are prepared after a few runs; the answers stay the same."""
    assert [0] * 20 == [await settle(twin.fetch_one(COUNT)) for _ in range(20)]


@pytest.fixture
async def changing(twin: Any, settle: Any) -> Any:
    """A query whose column changes its type, prepared on one connection."""
    await settle(twin.raw("CREATE TABLE changing (v int); INSERT INTO changing VALUES (1)"))
    yield Query[object]("changing", "SELECT v FROM changing")
    await settle(twin.raw("DROP TABLE changing"))


ALTER = "ALTER TABLE changing ALTER v TYPE text"


async def test_a_column_may_change_its_type(twin: Any, settle: Any, block: Any, changing: Query[object]) -> None:
    """The prepared statement that no longer fits is prepared again, unseen."""
    async with block(twin.connection()) as connection:
        assert [1] * 10 == [await settle(connection.fetch_one(changing)) for _ in range(10)]
        await settle(twin.raw(ALTER))
        assert "1" == await settle(connection.fetch_one(changing))


async def test_a_transaction_that_met_the_change_can_be_repeated(
    twin: Any, settle: Any, block: Any, changing: Query[object]
) -> None:
    """It fails, since what it did before is lost with it, and the next one works."""
    async with block(twin.connection()) as connection:
        assert [1] * 10 == [await settle(connection.fetch_one(changing)) for _ in range(10)]
        await settle(twin.raw(ALTER))
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            async with block(connection.transaction()) as tx:
                await settle(tx.fetch_one(changing))
        async with block(connection.transaction()) as tx:
            assert "1" == await settle(tx.fetch_one(changing))


async def test_without_prepare_the_server_keeps_no_statement(
    twin_class: Any, pg_url: str, block: Any, settle: Any
) -> None:
    """As a proxy that switches servers between transactions needs it."""
    kept = Query[int]("kept", "SELECT count(*) FROM pg_prepared_statements")
    async with (
        block(twin_class(pg_url, prepare=False)) as database,
        block(database.connection()) as connection,
    ):
        counts = {await settle(connection.fetch_one(kept)) for _ in range(10)}
    assert {0} == counts
