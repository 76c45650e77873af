"""The pool: opening, closing, counting, and what happens when the server or its connections go away."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
from typing import Any

import psycopg
import psycopg_pool
import pytest
from janua import AlreadyClosed, AsyncDatabase, Database, PoolOptions, PoolStats, Query, ServerUnreachable

PID = Query[int]("pid", "SELECT pg_backend_pid()")
PASSWORD = "hunter2"


async def test_it_opens_on_first_use(twin_class: Any, pg_url: str, settle: Any) -> None:
    """Until then nothing is connected."""
    database = twin_class(pg_url)
    assert PoolStats() == database.pool_stats()
    assert await settle(database.fetch_one(PID)) > 0
    await settle(database.close())


async def test_closing_is_final(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """Every later call says so; closing twice does no harm."""
    async with block(twin_class(pg_url)) as database:
        await settle(database.fetch_one(PID))
    await settle(database.close())
    for call in (database.open, lambda: database.fetch_one(PID), database.begin, database.health):
        with pytest.raises(AlreadyClosed, match="has been closed; make a new one"):
            await settle(call())
    assert PoolStats() == database.pool_stats()


def test_closing_leaves_no_thread_and_no_connection(pg_url: str) -> None:
    """The server sees none of them either."""
    before = set(threading.enumerate())
    with Database(pg_url, application_name="to be gone", pool=PoolOptions(min_size=3)) as database:
        database.fetch_one(PID)
    assert before == set(threading.enumerate())
    gc.collect()
    sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'to be gone'"
    with psycopg.connect(pg_url) as connection:
        deadline = time.monotonic() + 5
        while connection.execute(sql).fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.01)


async def test_closing_leaves_no_task(pg_url: str) -> None:
    """Of the asynchronous pool."""
    before = asyncio.all_tasks()
    async with AsyncDatabase(pg_url) as database:
        await database.fetch_one(PID)
    assert before == asyncio.all_tasks()


async def test_a_connection_in_use_is_closed_when_it_comes_back(
    twin_class: Any, pg_url: str, settle: Any, block: Any
) -> None:
    """Its block may end its work."""
    database = twin_class(pg_url)
    async with block(database.transaction()) as tx:
        await settle(database.close())
        assert await settle(tx.fetch_one(PID)) > 0
    assert PoolStats() == database.pool_stats()


async def test_concurrent_first_uses_open_once(pg_url: str) -> None:
    """All of them get a connection."""
    async with asyncio.timeout(5):
        database = AsyncDatabase(pg_url, pool=PoolOptions(max_size=3))
        pids = await asyncio.gather(*(database.fetch_one(PID) for _ in range(20)))
        assert len(set(pids)) <= 3
        await database.close()


async def test_the_pool_is_counted(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """Idle and busy ones, and nobody waits."""
    async with (
        block(twin_class(pg_url, pool=PoolOptions(max_size=2))) as database,
        block(database.connection()) as one,
        block(database.connection()) as other,
    ):
        assert await settle(one.fetch_one(PID)) != await settle(other.fetch_one(PID))
        assert PoolStats(total=2, idle=0, busy=2, waiting=0) == database.pool_stats()


async def test_waiting_ends_after_the_timeout(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """The server being there, the error is the pool's."""
    options = PoolOptions(max_size=1, timeout=0.05)
    async with block(twin_class(pg_url, pool=options)) as database, block(database.connection()):
        with pytest.raises(psycopg_pool.PoolTimeout):
            await settle(database.fetch_one(PID))


async def test_a_full_queue_refuses_at_once(pg_url: str) -> None:
    """With ``max_waiting``."""
    options = PoolOptions(max_size=1, max_waiting=1, timeout=5)
    async with AsyncDatabase(pg_url, pool=options) as database, database.connection():
        waiting = asyncio.create_task(database.fetch_one(PID))
        while not database.pool_stats().waiting:
            await asyncio.sleep(0.001)
        with pytest.raises(psycopg_pool.TooManyRequests):
            await database.fetch_one(PID)
        waiting.cancel()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_an_unreachable_server_is_named_without_the_password(twin_class: Any, settle: Any) -> None:
    """At once where the address refuses, on opening and on first use, and in the health."""
    port = unused_port()
    database = twin_class(f"postgresql://u:{PASSWORD}@127.0.0.1:{port}/app")
    for call in (database.open, lambda: database.fetch_one(PID)):
        with pytest.raises(ServerUnreachable, match=f"PostgreSQL at 127.0.0.1:{port}/app: .*refused") as caught:
            await settle(call())
        assert PASSWORD not in str(caught.value)
        assert caught.value.__cause__ is None
    health = await settle(database.health())
    assert (False, None) == (health.ok, health.latency_ms)
    assert "refused" in health.error
    assert PASSWORD not in health.error + repr(database) + repr(vars(database))
    await settle(database.close())


async def test_a_silent_server_is_given_up_in_time(twin_class: Any, settle: Any) -> None:
    """It takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        database = twin_class(host="127.0.0.1", port=port, dbname="x", pool=PoolOptions(connect_timeout=2))
        start = time.monotonic()
        with pytest.raises(ServerUnreachable, match="timeout expired"):
            await settle(database.open())
        assert time.monotonic() - start < 3


async def test_a_wrong_password_is_not_shown(
    twin_class: Any, guarded_url: str, settle: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the error nor in a log, the pool's and psycopg's included."""
    caplog.set_level("DEBUG")
    with pytest.raises(ServerUnreachable, match="password authentication failed") as caught:
        await settle(twin_class(guarded_url, password=PASSWORD).open())
    assert PASSWORD not in str(caught.value) + caplog.text


async def test_the_right_password_is_taken(twin_class: Any, guarded_url: str, settle: Any, block: Any) -> None:
    """From its field, beside a URL without one."""
    async with block(twin_class(guarded_url, password="right")) as database:
        assert await settle(database.fetch_one(PID)) > 0


async def test_health_of_a_working_server(twin: Any, settle: Any) -> None:
    """Its version and the time of a round trip."""
    health = await settle(twin.health())
    assert health.ok
    assert health.error is None
    assert 0 < health.latency_ms < 1000
    assert int(health.server_version.split(".")[0]) >= 14


async def test_health_says_when_no_connection_is_free(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """Without an exception."""
    options = PoolOptions(max_size=1, connect_timeout=0.05)
    async with block(twin_class(pg_url, pool=options)) as database, block(database.connection()):
        health = await settle(database.health())
    assert not health.ok
    assert "couldn't get a connection" in health.error


async def test_connections_that_died_in_the_pool_are_replaced_unseen(
    twin_class: Any, pg_url: str, settle: Any, block: Any
) -> None:
    """No call fails after the server has closed the idle ones."""
    options = PoolOptions(min_size=3, max_size=3)
    async with block(twin_class(pg_url, pool=options, application_name="victim")) as database:
        async with (
            block(database.connection()) as one,
            block(database.connection()) as two,
            block(database.connection()) as three,
        ):
            before = {await settle(each.fetch_one(PID)) for each in (one, two, three)}
        with psycopg.connect(pg_url) as connection:
            connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", ([*before],))
        after = {await settle(database.fetch_one(PID)) for _ in range(10)}
    assert not before & after


async def test_a_connection_that_dies_in_use_is_replaced(twin: Any, settle: Any, block: Any) -> None:
    """Its statement fails, the next call works."""
    with pytest.raises(psycopg.OperationalError):
        await settle(twin.raw("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert await settle(twin.fetch_one(PID)) > 0
    assert 0 == twin.pool_stats().busy


async def test_open_transactions_never_stay_in_the_pool(twin: Any, settle: Any, block: Any) -> None:
    """A statement that begins one by itself costs the connection."""
    await settle(twin.raw("BEGIN"))
    async with block(twin.transaction()) as tx:
        assert await settle(tx.fetch_one(PID)) > 0


async def test_connections_that_are_too_old_are_replaced(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """After the use in which they have come of age."""
    async with block(twin_class(pg_url, pool=PoolOptions(max_size=1, max_lifetime=0.05))) as database:
        before = await settle(database.fetch_one(PID))
        await asyncio.sleep(0.06)
        await settle(database.fetch_one(PID))
        assert before != await settle(database.fetch_one(PID))


@pytest.mark.parametrize("version", [psycopg_pool.__version__, "4.0.0"])
async def test_a_pool_of_another_version_is_used_by_its_promises_alone(
    twin_class: Any, pg_url: str, settle: Any, block: Any, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    """Which hands out and takes back each connection; of the known one that happens only where somebody waits."""
    monkeypatch.setattr(psycopg_pool, "__version__", version)
    async with block(twin_class(pg_url, pool=PoolOptions(max_size=1))) as database:
        await settle(database.fetch_one(PID))
        pool = database._pool._pool
        before = pool.get_stats().get("requests_num", 0)
        for _ in range(3):
            await settle(database.fetch_one(PID))
        assert (0 if version.startswith("3.3.") else 3) == pool.get_stats().get("requests_num", 0) - before
