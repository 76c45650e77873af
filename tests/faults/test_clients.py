"""A client's process is killed; the tables change under clients at work."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from typing import Any

import psycopg
import pytest
from janua import Database, JanuaError, PoolOptions, Query

from tests.faults.servers import FaultServer

PRELUDE = """
import sys, time, uuid
import psycopg
from janua import Database, Query
url = sys.argv[1]
RECORD = Query("record", "INSERT INTO ledger (run) VALUES ($1)", params=("uuid",))
def ready():
    print("ready", flush=True)
    time.sleep(60)
"""
CLIENTS = {
    "in a transaction": """
with Database(url) as db, db.transaction() as tx:
    tx.execute(RECORD, (uuid.uuid4(),))
    tx.raw("SELECT id FROM accounts FOR UPDATE")
    ready()
""",
    "in a savepoint, with a statement running": """
with Database(url) as db, db.transaction() as tx:
    tx.execute(RECORD, (uuid.uuid4(),))
    with tx.transaction() as inner:
        inner.execute(RECORD, (uuid.uuid4(),))
        print("ready", flush=True)
        inner.raw("SELECT pg_sleep(2)")
""",
    "in the middle of COPY": """
with psycopg.connect(url) as connection, connection.cursor() as cursor:
    with cursor.copy("COPY ledger (run) FROM STDIN") as copy:
        for _ in range(20000):
            copy.write_row((uuid.uuid4(),))
        ready()
""",
}


@pytest.mark.parametrize("where", CLIENTS)
def test_a_killed_client_leaves_nothing_behind(where: str, url: str, server: FaultServer, count: Counter[str]) -> None:
    """No row, no lock, and soon no process of the server."""
    command = [sys.executable, "-c", PRELUDE + CLIENTS[where], url]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None
            assert "ready\n" == client.stdout.readline()
            client.kill()
        with psycopg.connect(server.url, autocommit=True) as connection:
            deadline = time.monotonic() + 10
            while value(connection, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'"):
                assert time.monotonic() < deadline, "the server still has its process"
                time.sleep(0.01)
            assert 0 == value(connection, "SELECT count(*) FROM ledger")
            connection.execute("SET lock_timeout = '1s'; LOCK TABLE ledger, accounts IN ACCESS EXCLUSIVE MODE NOWAIT")
        count[f"clients killed {where}"] += 1


def value(connection: psycopg.Connection[Any], sql: str) -> int:
    """The only value of a query."""
    [found] = connection.execute(sql).fetchone() or [0]
    return int(found)


def test_a_type_that_changes_under_prepared_statements(url: str, server: FaultServer, count: Counter[str]) -> None:
    """May cost a call an error, never a wrong value; afterwards all is well without a restart."""
    read = Query[Any]("read", "SELECT balance FROM accounts WHERE id = $1", params=("integer",))
    wrong: list[Any] = []
    refused: list[Exception] = []
    served: list[int] = []
    stopped = threading.Event()

    def work(db: Database) -> None:
        while not stopped.is_set():
            try:
                found = (
                    db.run(lambda tx: tx.fetch_one(read, (3,))) if len(served) % 3 == 0 else db.fetch_one(read, (3,))
                )
            except (psycopg.Error, JanuaError) as error:
                refused.append(error)
            else:
                served.append(1)
                if found != 1000:
                    wrong.append(found)

    with (
        Database(url, pool=PoolOptions(max_size=3)) as db,
        psycopg.connect(server.url, autocommit=True) as administrator,
    ):
        threads = [threading.Thread(target=work, args=(db,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(15):
            for name in ("bigint", "numeric", "integer"):
                administrator.execute(f"ALTER TABLE accounts ALTER balance TYPE {name}")
                count["types changed under prepared statements"] += 1
                time.sleep(0.02)
        stopped.set()
        for thread in threads:
            thread.join(10)
        assert [] == wrong
        assert served
        for _ in range(6):
            assert 1000 == db.fetch_one(read, (3,))
        count["calls during changes of types: right"] += len(served)
        count["calls during changes of types: refused"] += len(refused)
