"""A server to be killed, an empty ledger on it for every test, and the counts at the end."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from janua import Database
from janua.embedded.distributions import distributions
from psycopg.conninfo import make_conninfo

from tests.faults.ledger import SCHEMA, Load, judge, tasks_at_work, threads_at_work
from tests.faults.proxy import Proxy
from tests.faults.servers import FaultServer

COUNTS: Counter[str] = Counter()

Work = Callable[..., AbstractContextManager[tuple[Load, Any]]]


@pytest.fixture(scope="session")
def count() -> Counter[str]:
    """What has happened, for the summary."""
    return COUNTS


@pytest.fixture(scope="session")
def running() -> Iterator[FaultServer]:
    """The server; whoever kills it starts it again. JANUA_FAULTS_POSTGRES asks for a major version that is here."""
    major = os.environ.get("JANUA_FAULTS_POSTGRES")
    server = FaultServer(next(each for each in distributions() if str(each.major) == (major or str(each.major))))
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def server(running: FaultServer) -> FaultServer:
    """The server with an empty ledger."""
    with psycopg.connect(running.url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")
        connection.execute("DROP TABLE IF EXISTS ledger, accounts, entries")
        connection.execute(SCHEMA)
        connection.execute(
            "DO $$ BEGIN IF to_regrole('app') IS NULL THEN CREATE ROLE app LOGIN; END IF; END $$;"
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO app; GRANT ALL ON SCHEMA public TO app"
        )
    return running


@pytest.fixture
def url(server: FaultServer) -> str:
    """Its address, as a role without privileges."""
    return make_conninfo(server.url, user="app")


@pytest.fixture
def proxy(server: FaultServer) -> Iterator[Proxy]:
    """A proxy before the server."""
    proxy = Proxy(f"{server.folder}/.s.PGSQL.{server.port}")
    yield proxy
    proxy.close()


@pytest.fixture
def proxied_url(url: str, proxy: Proxy) -> str:
    """The server's address through the proxy."""
    return make_conninfo(url, host="127.0.0.1", port=proxy.port, sslmode="disable", gssencmode="disable")


@pytest.fixture(params=["threads", "tasks"])
def at_work(request: pytest.FixtureRequest) -> Work:
    """Clients that work while something happens."""
    return threads_at_work if request.param == "threads" else tasks_at_work


@pytest.fixture
def check(server: FaultServer, count: Counter[str]) -> Callable[[Load], None]:
    """Compare what a load's clients were told with what is there."""

    def check(load: Load) -> None:
        verdict = judge(server.url, load)
        assert verdict.is_right, (verdict, load.reasons)
        count["transactions acknowledged, all of them kept"] += len(load.acknowledged)
        count["transactions refused, none of them kept"] += len(load.refused)
        count["transactions whose outcome stayed unknown"] += len(load.unknown)
        count["transactions run again by run()"] += sum(1 for times in load.attempts.values() if times > 1)
        with Database(make_conninfo(server.url, user="app")) as db:
            assert db.health().ok

    return check


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what has happened."""
    if COUNTS:
        terminalreporter.section("faults")
        for name, number in sorted(COUNTS.items()):
            terminalreporter.write_line(f"{number:>8,}  {name}")
