"""Queries that declare how long they may take."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from janua import NotFound, PoolOptions, Query

NAP = Query[None]("naps.nap", "SELECT pg_sleep($1)", params=("double precision",), timeout=0.1)
LIMIT = Query[str]("limit", "SELECT current_setting('statement_timeout')", columns=("text",), timeout=2)
PLAIN = Query[str]("plain", "SELECT current_setting('statement_timeout')", columns=("text",))
NOTHING = Query[str]("nothing", "SELECT '' WHERE false", columns=("text",), timeout=2)


async def test_the_server_ends_what_takes_longer(twin: Any, settle: Any, block: Any) -> None:
    """On a database, a connection and a transaction; the error names the query."""
    async with block(twin.connection()) as connection:
        for executor in (twin, connection):
            with pytest.raises(psycopg.errors.QueryCanceled, match="statement timeout") as caught:
                await settle(executor.execute(NAP, (60.0,)))
            assert "query: naps.nap" in caught.value.__notes__
            assert "0" == await settle(executor.fetch_one(PLAIN))
    with pytest.raises(psycopg.errors.QueryCanceled):
        async with block(twin.transaction()) as tx:
            await settle(tx.execute(NAP, (60.0,)))
    await settle(twin.execute(NAP, (0.0,)))


async def test_the_limit_is_for_that_statement_alone(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """Before and after it, the transaction's or the connection's own holds, also where its answer is refused."""
    options = PoolOptions(statement_timeout=50)
    async with block(twin_class(pg_url, pool=options)) as database, block(database.transaction()) as tx:
        for executor in (database, tx):
            assert "50s" == await settle(executor.fetch_one(PLAIN))
            assert "2s" == await settle(executor.fetch_one(LIMIT))
            assert "50s" == await settle(executor.fetch_one(PLAIN))
        await settle(tx.set_local({"statement_timeout": "40s"}))
        with pytest.raises(NotFound):
            await settle(tx.fetch_one(NOTHING))
        assert "40s" == await settle(tx.fetch_one(PLAIN))


async def test_a_savepoint_restores_the_limit(twin: Any, settle: Any, block: Any) -> None:
    """Whose statement took too long."""
    async with block(twin.transaction(settings={"statement_timeout": "30s"})) as tx:
        with pytest.raises(psycopg.errors.QueryCanceled):
            async with block(tx.transaction()) as nested:
                await settle(nested.execute(NAP, (60.0,)))
        assert "30s" == await settle(tx.fetch_one(PLAIN))


async def test_a_call_outside_a_transaction_is_committed(twin: Any, settle: Any) -> None:
    """As any other."""
    put = Query[None]("put", "INSERT INTO items VALUES (1, 'x')", timeout=2)
    await settle(twin.execute(put))
    assert [{"id": 1}] == await settle(twin.raw("SELECT id FROM items"))
    assert 0 == twin.pool_stats().busy
