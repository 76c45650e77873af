"""A server that goes away and comes back, and one of several hosts."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections import Counter
from typing import Any

import psycopg
import pytest
from janua import Database, PoolOptions, Query, ServerUnreachable

from tests.runtime.connections.postgres import Postgres, unused_port

PID = Query[int]("pid", "SELECT pg_backend_pid()")
READ_ONLY = Query[str]("read_only", "SHOW default_transaction_read_only")


async def until_it_works(call: Any) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            await call()
            return
        except (ServerUnreachable, psycopg.OperationalError):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)


async def test_calls_fail_before_their_time_and_work_again_by_themselves(
    twin_class: Any, mortal: Postgres, settle: Any, block: Any
) -> None:
    """Without a server, a call that might wait 60 s is told so in a fraction of it, with the address."""
    options = PoolOptions(min_size=2, max_size=4, timeout=60, connect_timeout=2)
    url = f"postgresql://postgres:hunter2@127.0.0.1:{mortal.port}/postgres"
    async with block(twin_class(url, pool=options)) as database:
        for how in (signal.SIGINT, signal.SIGQUIT):
            assert await settle(database.fetch_one(PID)) > 0
            mortal.stop(how)
            begun = time.monotonic()
            for _ in range(2):
                with pytest.raises(ServerUnreachable, match=rf"PostgreSQL at 127.0.0.1:{mortal.port}/") as caught:
                    await settle(database.fetch_one(PID))
                assert "hunter2" not in str(caught.value)
            assert time.monotonic() - begun < 30
            assert 0 == database.pool_stats().busy
            mortal.start()
            await until_it_works(lambda: settle(database.fetch_one(PID)))


def test_all_who_wait_are_told(mortal: Postgres) -> None:
    """Also those who queued while all connections were in use; afterwards all connections are there again."""
    options = PoolOptions(min_size=2, max_size=2, timeout=60, connect_timeout=2)
    seen: Counter[str] = Counter()
    stop = threading.Event()

    def work(database: Database) -> None:
        while not stop.is_set():
            try:
                database.raw("SELECT pg_sleep(0.05)")
                seen["answer"] += 1
            except (ServerUnreachable, psycopg.OperationalError) as error:
                seen[type(error).__name__] += 1

    with Database(f"postgresql://postgres@127.0.0.1:{mortal.port}/postgres", pool=options) as database:
        threads = [threading.Thread(target=work, args=(database,)) for _ in range(10)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        mortal.stop()
        deadline = time.monotonic() + 30
        while seen["ServerUnreachable"] < 10:
            assert time.monotonic() < deadline, seen
            time.sleep(0.05)
        mortal.start()
        before = seen["answer"]
        while seen["answer"] < before + 50:
            assert time.monotonic() < deadline + 30, seen
            time.sleep(0.05)
        stop.set()
        for thread in threads:
            thread.join()
        assert (0, 0) == (database.pool_stats().busy, database.pool_stats().waiting)


async def test_the_first_host_that_answers_is_taken(twin_class: Any, mortal: Postgres, settle: Any, block: Any) -> None:
    """From a list or a URL."""
    ports = [unused_port(), mortal.port]
    database = twin_class(host=["127.0.0.1", "127.0.0.1"], port=ports, dbname="postgres", user="postgres")
    async with block(database):
        assert await settle(database.fetch_one(PID)) > 0
    url = f"postgresql://postgres@127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}/postgres"
    async with block(twin_class(url)) as other:
        assert await settle(other.fetch_one(PID)) > 0


async def test_target_session_attrs_chooses_among_hosts(
    twin_class: Any, mortal: Postgres, pg_url: str, settle: Any, block: Any
) -> None:
    """By what the session may do; where none will do, the error says so."""
    with psycopg.connect(mortal.socket_url, autocommit=True) as connection:
        connection.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
    there = psycopg.conninfo.conninfo_to_dict(pg_url)
    hosts = [str(mortal.folder), str(there["host"])]
    ports = [mortal.port, int(there.get("port") or 5432)]
    fields = {"host": hosts, "port": ports, "dbname": "postgres", "user": "postgres"}
    for wanted, read_only in (("any", "on"), ("read-write", "off"), ("read-only", "on"), ("prefer-standby", "on")):
        async with block(twin_class(**fields, target_session_attrs=wanted)) as database:
            assert read_only == await settle(database.fetch_one(READ_ONLY))
    with pytest.raises(ServerUnreachable, match="server is not in hot standby mode"):
        await settle(twin_class(**fields, target_session_attrs="standby").open())


async def test_a_lazy_database_is_entered_without_a_server(
    twin_class: Any, mortal: Postgres, settle: Any, block: Any
) -> None:
    """And works once there is one; entering any other fails at once."""
    mortal.stop()
    url = f"postgresql://postgres@127.0.0.1:{mortal.port}/postgres"
    with pytest.raises(ServerUnreachable):
        await settle(twin_class(url).open())
    async with block(twin_class(url, lazy=True)) as database:
        with pytest.raises(ServerUnreachable):
            await settle(database.fetch_one(PID))
        mortal.start()
        assert await settle(database.fetch_one(PID)) > 0
