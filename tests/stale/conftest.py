"""One stage for all tests of a process: servers of its own, a generated project, three processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from janua.embedded.postgres import serve
from janua.scratch import ScratchServer
from psycopg.conninfo import make_conninfo

from tests.generator.packages import generated
from tests.stale.bank import PACKAGE, SCHEMA, SETTINGS, queries
from tests.stale.stage import Stage
from tests.stale.stores import cluster_store, server_store

_STORES = {"server": server_store, "cluster": cluster_store}
_COUNTS: dict[str, int] = {}


@pytest.fixture(scope="session")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with the generated package."""
    files: dict[str, str | bytes] = {"migrations/0001_bank.sql": SCHEMA, "queries/bank.sql": queries()}
    root = tmp_path_factory.mktemp("stale") / "bank"
    with generated(scratch, root, files, PACKAGE, SETTINGS) as made:
        yield made.root


@pytest.fixture(scope="session")
def bank_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the schema, on a server of its own."""
    with serve(tmp_path_factory.mktemp("stale-pg")) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE stale")
        url = make_conninfo(server.url, dbname="stale")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SCHEMA.partition("-- UP")[2].partition("-- DOWN")[0].encode())
        yield url


@pytest.fixture(scope="session")
def stage(bank_url: str, project: Path) -> Iterator[Stage]:
    """The stage; what has happened on it is printed at the end."""
    with _STORES[os.environ.get("JANUA_STALE_ON", "server")]() as store:
        made = Stage(bank_url, store, project)
        try:
            yield made
        finally:
            _COUNTS.update(made.counts)
            made.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what has happened."""
    if _COUNTS:
        terminalreporter.section("stale")
        for name, number in sorted(_COUNTS.items()):
            terminalreporter.write_line(f"{number:>8,}  {name}")
