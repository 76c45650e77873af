"""What each connection begins with: its password of the day, and its settings."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from janua import AsyncDatabase, Database, PoolOptions, Query, ServerUnreachable

PID = Query[int]("pid", "SELECT pg_backend_pid()")


async def test_a_password_is_asked_for_at_every_connection(
    twin_class: Any, guarded_url: str, settle: Any, block: Any
) -> None:
    """Not once for the pool."""
    asked: list[str] = []

    def password() -> str:
        asked.append("once more")
        return "right"

    options = PoolOptions(min_size=2, max_size=2)
    async with (
        block(twin_class(guarded_url, password=password, pool=options)) as database,
        block(database.connection()),
        block(database.connection()) as connection,
    ):
        assert await settle(connection.fetch_one(PID)) > 0
    assert len(asked) == 3  # one to see that it can be reached


async def test_an_asynchronous_database_awaits_its_password(guarded_url: str) -> None:
    """That of a coroutine function."""

    async def password() -> str:
        return "right"

    async with AsyncDatabase(guarded_url, password=password) as database:
        assert await database.fetch_one(PID) > 0


async def test_a_password_that_cannot_be_had_is_explained(twin_class: Any, guarded_url: str, settle: Any) -> None:
    """With no word of what it said; that is the cause."""

    def fails() -> str:
        raise LookupError("hunter2")

    with pytest.raises(ServerUnreachable, match="the password callable raised LookupError") as caught:
        await settle(twin_class(guarded_url, password=fails).open())
    assert "hunter2" not in str(caught.value)
    assert isinstance(caught.value.__cause__, LookupError)
    with pytest.raises(ServerUnreachable, match="the password callable returned int, not str"):
        await settle(twin_class(guarded_url, password=lambda: 12).open())


async def test_a_blocking_database_cannot_await_a_password(guarded_url: str) -> None:
    """It says which can."""

    async def password() -> str:
        return "right"

    with pytest.raises(ServerUnreachable, match="give it a plain function, or use AsyncDatabase"):
        Database(guarded_url, password=password).open()  # type: ignore[arg-type]


def test_a_password_is_rotated_under_load(guarded_url: str) -> None:
    """The server's and the callable's change, all connections are cut, and only those cut fail."""
    valid = ["right"]
    failures: list[BaseException] = []
    calls = [0] * 6
    stop = threading.Event()

    def work(number: int, database: Database) -> None:
        while not stop.is_set():
            try:
                database.fetch_one(PID)
                calls[number] += 1
            except BaseException as error:
                failures.append(error)

    def pause() -> None:
        least = min(calls) + 200
        while min(calls) < least:
            stop.wait(0.01)

    options = PoolOptions(min_size=4, max_size=4)
    admin = psycopg.conninfo.make_conninfo(guarded_url, user="postgres")
    with (
        psycopg.connect(admin, autocommit=True) as server,
        Database(guarded_url, password=lambda: valid[-1], pool=options) as database,
    ):
        threads = [threading.Thread(target=work, args=(number, database)) for number in range(len(calls))]
        for thread in threads:
            thread.start()
        for password in ("second", "third", "right"):
            pause()
            server.execute(f"ALTER ROLE guarded PASSWORD '{password}'")
            valid.append(password)
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guarded'")
        pause()
        stop.set()
        for thread in threads:
            thread.join()
    assert {psycopg.errors.AdminShutdown, psycopg.OperationalError} >= {type(each) for each in failures}
    assert len(failures) <= 3 * 4


async def test_connections_begin_with_the_settings_of_the_pool(
    twin_class: Any, pg_url: str, settle: Any, block: Any
) -> None:
    """Beside those of the URL, and over those of the role."""
    options = PoolOptions(statement_timeout=1.5, lock_timeout=0.0001, idle_in_transaction_session_timeout=0)
    url = psycopg.conninfo.make_conninfo(pg_url, options="-c work_mem=7MB")
    sql = (
        "SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,"
        " current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('work_mem') AS memory"
    )
    async with block(twin_class(url, pool=options)) as database:
        [settings] = await settle(database.raw(sql))
    assert {"statement": "1500ms", "lock": "1ms", "idle": "0", "memory": "7MB"} == settings


async def test_a_statement_that_takes_too_long_is_cancelled(
    twin_class: Any, pg_url: str, settle: Any, block: Any
) -> None:
    """By the server, and the connection is used again."""
    async with block(twin_class(pg_url, pool=PoolOptions(statement_timeout=0.1, max_size=1))) as database:
        before = await settle(database.fetch_one(PID))
        with pytest.raises(psycopg.errors.QueryCanceled, match="statement timeout"):
            await settle(database.raw("SELECT pg_sleep(60)"))
        assert before == await settle(database.fetch_one(PID))


async def test_the_application_is_named(twin_class: Any, pg_url: str, settle: Any, block: Any) -> None:
    """By default after this package, and a URL's own name counts."""
    name = Query[str]("name", "SELECT current_setting('application_name')")
    for arguments, expected in (
        ((pg_url,), "janua"),
        ((psycopg.conninfo.make_conninfo(pg_url, application_name="mine"),), "mine"),
    ):
        async with block(twin_class(*arguments)) as database:
            assert expected == await settle(database.fetch_one(name))
    async with block(twin_class(pg_url, application_name="service")) as database:
        assert "service" == await settle(database.fetch_one(name))
