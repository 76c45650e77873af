"""Prepared statements: kept for a connection, compared with the generated code, prepared anew where they fail."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from janua import ParameterError, PoolOptions, Query, SchemaDrift
from janua.database.healing import PlanOutdated, StatementLost, TypeOutdated
from janua.database.statement import answer_of
from janua.query import EnumType, Types
from janua.types import OpenEnum
from psycopg.pq import ExecStatus

KEPT = Query[str]("kept", "SELECT statement FROM pg_prepared_statements WHERE from_sql = false ORDER BY 1", kept=False)
NUMBER = Query[int]("number", "SELECT $1::int + 1", params=("integer",), columns=("integer",))
VERSION = Query[int]("drifting.version", "SELECT v FROM drifting WHERE v = $1", ("integer",), ("integer",))
NAMES = Query[str]("drifting.names", "SELECT name FROM drifting", columns=("character varying",))


@pytest.fixture
async def table(twin: Any, settle: Any) -> Any:
    """A table that may be changed."""
    await settle(twin.raw("DROP TABLE IF EXISTS drifting; CREATE TABLE drifting (v int, name varchar(9))"))
    await settle(twin.raw("INSERT INTO drifting VALUES (1, 'a')"))
    yield twin
    await settle(twin.raw("DROP TABLE drifting"))


async def test_a_statement_is_prepared_once_for_a_connection(twin: Any, settle: Any, block: Any) -> None:
    """With the first call; every query has its own."""
    async with block(twin.connection()) as connection:
        assert [n + 1 for n in range(9)] == [await settle(connection.fetch_one(NUMBER, (n,))) for n in range(9)]
        assert [NUMBER.sql] == await settle(connection.fetch_all(KEPT))


async def test_the_statements_called_last_are_kept(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """Those before them are closed with the next one that is prepared."""
    queries = [Query[int](f"q{n}", f"SELECT {n}") for n in range(5)]
    async with (
        block(twin_class(pg_url, pool=PoolOptions(statement_cache=2))) as database,
        block(database.connection()) as connection,
    ):
        for n in (0, 1, 2, 0, 3, 0, 4):
            assert n == await settle(connection.fetch_one(queries[n]))
        kept = await settle(connection.fetch_all(KEPT))
    assert {"SELECT 0", "SELECT 4"} <= set(kept)
    assert 3 >= len(kept)


async def test_a_connection_may_keep_none(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """Then psycopg prepares what runs often."""
    async with (
        block(twin_class(pg_url, pool=PoolOptions(statement_cache=0))) as database,
        block(database.connection()) as connection,
    ):
        for times, kept in ((5, []), (3, [NUMBER.sql])):
            for _ in range(times):
                assert 2 == await settle(connection.fetch_one(NUMBER, (1,)))
            assert kept == await settle(connection.fetch_all(KEPT))


async def test_what_is_not_to_be_kept_is_not_prepared(twin: Any, settle: Any, block: Any) -> None:
    """Nor is raw SQL, however often it runs."""
    once = Query[int]("once", "SELECT 1", kept=False)
    async with block(twin.connection()) as connection:
        for _ in range(9):
            await settle(connection.fetch_one(once))
            await settle(connection.raw("SELECT 2"))
        assert [] == await settle(connection.fetch_all(KEPT))


async def test_a_rollback_keeps_the_statements(twin: Any, settle: Any, block: Any) -> None:
    """However many transactions came before."""
    async with block(twin.connection()) as connection:
        for _ in range(9):
            transaction = await settle(connection.begin())
            await settle(transaction.fetch_one(NUMBER, (1,)))
            await settle(transaction.rollback())
        assert [NUMBER.sql] == await settle(connection.fetch_all(KEPT))


DRIFTS = [
    (
        "ALTER TABLE drifting ALTER v TYPE bigint",
        VERSION,
        (1,),
        "parameter $1 is of type bigint in the database, and int",
    ),
    (
        "ALTER TABLE drifting ALTER name TYPE int USING 7",
        NAMES,
        (),
        "column name is of type integer in the database, and",
    ),
    (
        "CREATE DOMAIN many AS bigint; ALTER TABLE drifting ALTER name TYPE many USING 7",
        NAMES,
        (),
        "column name is of type bigint in the database, and character varying in the generated code; migrate, or",
    ),
]


@pytest.mark.parametrize(("change", "query", "params", "message"), DRIFTS, ids=["parameter", "column", "domain"])
@pytest.mark.parametrize("options", [PoolOptions(), PoolOptions(statement_cache=0)], ids=["prepared", "on a cursor"])
async def test_another_type_than_declared_is_drift(
    twin_class: Any, pg_url: str, settle: Any, block: Any, table: Any,
    change: str, query: Query[Any], params: tuple[Any, ...], message: str, options: PoolOptions,
) -> None:  # fmt: skip
    """Never a value read as what it is not, whether the statement was prepared before the change or not."""
    if query is VERSION and not options.statement_cache:
        pytest.skip("the server says what the parameters are to those who prepare")
    async with (
        block(twin_class(pg_url, pool=options)) as database,
        block(database.connection()) as before,
        block(database.connection()) as after,
    ):
        for _ in range(9):
            await settle(before.fetch_one(query, params))
        await settle(table.raw(change))
        for connection in (before, after):
            with pytest.raises(SchemaDrift) as caught:
                await settle(connection.fetch_one(query, params))
            assert message in str(caught.value)
            assert str(caught.value).startswith(f"{query.name}: the ")
        await settle(table.raw("DROP DOMAIN IF EXISTS many CASCADE"))


async def test_another_number_of_columns_is_drift(twin: Any, settle: Any) -> None:
    """Of a query with a star, that was not generated."""
    query = Query[Any]("q", "SELECT * FROM items", columns=("integer",), row=tuple)
    with pytest.raises(SchemaDrift, match="q: it has 2 columns in the database, and 1 in the generated code"):
        await settle(twin.fetch_all(query))


async def test_a_statement_that_drifted_has_not_run(table: Any, settle: Any) -> None:
    """Its types are compared before."""
    query = Query[Any]("q", "INSERT INTO drifting VALUES (8) RETURNING v", columns=("bigint",))
    with pytest.raises(SchemaDrift):
        await settle(table.fetch_one(query))
    assert [{"count": 0}] == await settle(table.raw("SELECT count(*) FROM drifting WHERE v = 8"))


async def test_a_column_that_stays_the_declared_type_may_change(table: Any, settle: Any, block: Any) -> None:
    """The server refuses the plan for its length too."""
    async with block(table.connection()) as connection:
        assert "a" == await settle(connection.fetch_one(NAMES))
        await settle(table.raw("ALTER TABLE drifting ALTER name TYPE varchar(20)"))
        assert "a" == await settle(connection.fetch_one(NAMES))


FORGET = {
    "by this connection": "DISCARD ALL",
    "unseen": "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$",
}


@pytest.mark.parametrize("forget", FORGET.values(), ids=FORGET)
async def test_statements_that_the_server_forgot_are_prepared_again(
    twin: Any, settle: Any, block: Any, forget: str
) -> None:
    """All of them."""
    async with block(twin.connection()) as connection:
        for _ in range(3):
            assert 2 == await settle(connection.fetch_one(NUMBER, (1,)))
            assert 3 == await settle(connection.fetch_one(Query[int]("three", "SELECT 3")))
            await settle(connection.raw(forget))


CHANGES = {
    PlanOutdated: "ALTER TABLE drifting ALTER name TYPE varchar(20)",
    StatementLost: "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$",
}


@pytest.mark.parametrize(("kind", "change"), CHANGES.items(), ids=lambda each: getattr(each, "__name__", ""))
async def test_run_repeats_a_transaction_that_met_an_outdated_statement(
    table: Any, settle: Any, block: Any, kind: Any, change: str
) -> None:
    """Once: then all connections know."""
    met: list[type[BaseException]] = []

    def work(tx: Any) -> Any:
        return tx.fetch_one(NAMES)

    async def work_async(tx: Any) -> Any:
        try:
            return await tx.fetch_one(NAMES)
        except psycopg.Error as error:
            met.append(type(error))
            raise

    is_async = hasattr(table, "__aenter__")
    async with block(table.connection()) as one, block(table.connection()) as other:
        for connection in (one, other):
            assert "a" == await settle(connection.fetch_one(NAMES))
        await settle(table.raw(change))
        await settle(one.raw(change))
        for connection in (one, other):
            assert "a" == await settle(connection.run(work_async if is_async else work, retries=1))
    assert not is_async or [kind] == met


async def test_a_parameter_s_type_may_be_made_anew(twin: Any, settle: Any, block: Any) -> None:
    """With another oid, in the table too; in a transaction run() repeats it."""

    class Shade(OpenEnum):
        DARK = "dark"

    types = Types((EnumType("shade", Shade),))
    make = "DROP TABLE IF EXISTS shaded; DROP TYPE IF EXISTS shade; CREATE TYPE shade AS ENUM ('dark')"
    fill = "CREATE TABLE shaded (s shade, many shade[]); INSERT INTO shaded VALUES ('dark', '{dark}')"
    query = Query[Any](
        "q",
        "SELECT s, many FROM shaded WHERE s = $1",
        ("shade",),
        ("shade", "shade[]"),
        row=lambda *row: row,
        types=types,
    )
    await settle(twin.raw(f"{make}; {fill}"))
    async with block(twin.connection()) as one, block(twin.connection()) as other:
        for connection in (one, other):
            assert (Shade.DARK, [Shade.DARK]) == await settle(connection.fetch_one(query, (Shade.DARK,)))
        await settle(twin.raw(f"{make}; {fill}"))
        assert (Shade.DARK, [Shade.DARK]) == await settle(one.fetch_one(query, (Shade.DARK,)))
        assert (Shade.DARK, [Shade.DARK]) == await settle(other.fetch_one(query, (Shade.DARK,)))
        await settle(twin.raw(f"{make}; {fill}"))
        with pytest.raises((PlanOutdated, TypeOutdated)):
            async with block(one.transaction()) as tx:
                await settle(tx.fetch_one(query, (Shade.DARK,)))
        async with block(other.transaction()) as tx:
            assert (Shade.DARK, [Shade.DARK]) == await settle(tx.fetch_one(query, (Shade.DARK,)))
    await settle(twin.raw("DROP TABLE shaded; DROP TYPE shade"))


NOW = Query[datetime]("now", "SELECT $1::timestamptz", ("timestamp with time zone",), ("timestamp with time zone",))


async def test_the_session_s_time_zone_counts(twin: Any, settle: Any, block: Any) -> None:
    """When it changes too: also for the statements that were prepared before."""
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    async with block(twin.connection()) as connection:
        for zone, hour in (("UTC", 12), ("Europe/Berlin", 13), ("America/New_York", 7), ("UTC", 12)):
            await settle(connection.raw(f"SET TIME ZONE '{zone}'"))
            found = await settle(connection.fetch_one(NOW, (moment,)))
            assert (moment, hour) == (found, found.hour)
        async with block(connection.transaction()) as tx:
            await settle(tx.raw("SET LOCAL TIME ZONE 'Asia/Tokyo'"))
            assert 21 == (await settle(tx.fetch_one(NOW, (moment,)))).hour
        assert 12 == (await settle(connection.fetch_one(NOW, (moment,)))).hour


async def test_the_session_s_style_of_dates_counts_for_texts(twin: Any, settle: Any, block: Any) -> None:
    """A query that asks for text has its loaders made for each answer."""
    query = Query[Any]("day", "SELECT $1::date", ("date",), ("date",), text=True)
    day = datetime(2026, 2, 3).date()
    async with block(twin.connection()) as connection:
        for style in ("ISO, YMD", "German", "SQL, MDY", "ISO, YMD"):
            await settle(connection.raw(f"SET datestyle TO {style}"))
            assert day == await settle(connection.fetch_one(query, (day.isoformat(),)))


async def test_a_long_value_is_sent_while_the_server_reads(twin: Any, settle: Any) -> None:
    """More than the socket takes at once, both ways."""
    query = Query[str]("echo", "SELECT $1::text", ("text",), ("text",))
    text = "0123456789" * 2_000_000
    assert text == await settle(twin.fetch_one(query, (text,)))
    assert "x" == await settle(twin.fetch_one(query, ("x",)))


async def test_a_statement_timeout_leaves_the_connection_usable(twin: Any, settle: Any, block: Any) -> None:
    """The error is the server's."""
    sleep = Query[None]("sleep", "SELECT pg_sleep($1)", ("double precision",))
    async with block(twin.connection()) as connection:
        await settle(connection.raw("SET statement_timeout = '30ms'"))
        with pytest.raises(psycopg.errors.QueryCanceled) as caught:
            await settle(connection.execute(sleep, (30.0,)))
        assert ["query: sleep"] == caught.value.__notes__
        assert 2 == await settle(connection.fetch_one(NUMBER, (1,)))


async def test_notices_reach_their_handlers(twin: Any, settle: Any, block: Any) -> None:
    """Of a prepared statement too."""
    await settle(
        twin.raw("""
        CREATE OR REPLACE FUNCTION complain(what text) RETURNS int LANGUAGE plpgsql AS
        $$ BEGIN RAISE NOTICE '%', what; RETURN 1; END $$
    """)
    )
    query = Query[int]("complain", "SELECT complain($1)", ("text",), ("integer",))
    heard: list[str | None] = []
    async with block(twin.connection()) as connection:
        connection._session.add_notice_handler(lambda diagnostic: heard.append(diagnostic.message_primary))
        for what in ("one", "two"):
            assert 1 == await settle(connection.fetch_one(query, (what,)))
    assert ["one", "two"] == heard


@pytest.mark.parametrize("params", [(), (1, 2), (2**31,), ("x\0",), (b"x",)], ids=repr)
async def test_values_that_cannot_be_sent_are_refused(twin: Any, settle: Any, params: tuple[Any, ...]) -> None:
    """Before anything is sent, by a prepared statement too."""
    with pytest.raises(ParameterError, match=r"^number(:| takes) "):
        await settle(twin.fetch_one(NUMBER, params))
    assert 2 == await settle(twin.fetch_one(NUMBER, (1,)))


async def test_a_connection_lost_while_it_waits_is_replaced(twin: Any, settle: Any, pg_url: str) -> None:
    """The call fails, and the next one has another socket, maybe of the same number."""
    suicide = Query[Any]("suicide", "SELECT pg_terminate_backend(pg_backend_pid(), $1)", ("bigint",))
    for _ in range(5):
        with pytest.raises(psycopg.OperationalError):
            await settle(twin.fetch_one(suicide, (0,)))
        assert 2 == await settle(twin.fetch_one(NUMBER, (1,)))
    assert 0 == twin.pool_stats().busy


async def test_a_failing_statement_is_not_sent_twice(table: Any, settle: Any) -> None:
    """Only what the server refused to begin is."""
    await settle(table.raw("CREATE SEQUENCE IF NOT EXISTS tries"))
    query = Query[Any]("q", "SELECT 1 / (nextval('tries') * $1)::int", ("bigint",))
    start = time.monotonic()
    with pytest.raises(psycopg.errors.DivisionByZero):
        await settle(table.fetch_one(query, (0,)))
    assert [{"last_value": 1}] == await settle(table.raw("SELECT last_value FROM tries; "))
    assert time.monotonic() - start < 5
    await settle(table.raw("DROP SEQUENCE tries"))


WITHOUT_C = """
import asyncio, psycopg, sys
from janua import AsyncDatabase, Database, Query

echo = Query("echo", "SELECT $1::int, $2::timestamptz", ("integer", "timestamp with time zone"), row=lambda *row: row)
kept = Query("kept", "SELECT count(*) FROM pg_prepared_statements WHERE NOT from_sql", kept=False)

async def work():
    async with AsyncDatabase(sys.argv[1]) as db, db.connection() as one:
        found = [await one.fetch_one(echo, (n, "2026-01-01 00:00Z")) for n in range(3)]
        return [n for n, _ in found], await one.fetch_one(kept)

with Database(sys.argv[1]) as db, db.connection() as one:
    found = [one.fetch_one(echo, (n, "2026-01-01 00:00Z")) for n in range(3)]
    print(psycopg.pq.__impl__, [n for n, _ in found], one.fetch_one(kept), *asyncio.run(work()))
"""


def test_it_works_where_psycopg_has_no_c_part(pg_url: str) -> None:
    """The same way, in plain Python."""
    environment = {**os.environ, "PSYCOPG_IMPL": "python"}
    if subprocess.run([sys.executable, "-c", "import psycopg"], env=environment, capture_output=True).returncode:
        pytest.skip("this machine has no libpq that psycopg in plain Python could load")
    command = [sys.executable, "-c", WITHOUT_C, pg_url]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert "" == ran.stderr
    assert "python [0, 1, 2] 1 [0, 1, 2] 1\n" == ran.stdout


def test_an_answer_behind_which_the_connection_ends_does_not_count(pg_url: str) -> None:
    """The server sends it before it commits: whether it did then is not known."""
    with psycopg.connect(pg_url) as connection:
        answer = connection.pgconn.make_empty_result(ExecStatus.TUPLES_OK)
        end = connection.pgconn.make_empty_result(ExecStatus.FATAL_ERROR)
        with pytest.raises(psycopg.Error):
            answer_of([answer, end])
