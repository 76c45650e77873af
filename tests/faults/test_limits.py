"""What a server or a pool has not enough of: connections, disk."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import psycopg_pool
import pytest
from janua import AsyncDatabase, Database, PoolOptions, Query, ServerUnreachable, Transaction
from janua.embedded.distributions import distributions
from psycopg.conninfo import make_conninfo

from tests.faults.ledger import RECORD
from tests.faults.servers import FaultServer, own

ONE = Query[int]("one", "SELECT 1")
SLEEP = Query[None]("sleep", "SELECT pg_sleep(0.05)")


@pytest.fixture(scope="module")
def small() -> Iterator[FaultServer]:
    """A server for five clients."""
    server = FaultServer(next(distributions()), {"max_connections": "8", "superuser_reserved_connections": "3"})
    try:
        server.start()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE app LOGIN")
        yield server
    finally:
        server.remove()


@contextmanager
def others(server: FaultServer, number: int) -> Iterator[None]:
    """Connections of other clients, each as soon as there is room for it."""
    with ExitStack() as stack:
        deadline = time.monotonic() + 5
        while number:
            try:
                stack.enter_context(psycopg.connect(make_conninfo(server.url, user="app")))
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "others find no room"
                time.sleep(0.05)
            else:
                number -= 1
        yield


def test_too_many_connections_are_said_to_be_so(small: FaultServer, count: Counter[str]) -> None:
    """And not waited for, on opening; once there is room, the same object works."""
    db = Database(make_conninfo(small.url, user="app"))
    with others(small, 5), pytest.raises(ServerUnreachable, match=r"connection slots|too many clients"):
        db.open()
    assert 1 == db.fetch_one(ONE)
    db.close()
    count["connections refused by the server: named, then well"] += 1


def test_a_pool_that_cannot_grow_works_with_what_it_has(small: FaultServer, count: Counter[str]) -> None:
    """It tries again by itself, and grows when there is room."""
    with Database(make_conninfo(small.url, user="app"), pool=PoolOptions(max_size=4, timeout=20)) as db:
        while db.pool_stats().total < 1:
            # Whoever asks earlier has the pool open a second one.
            time.sleep(0.01)
        assert 1 == db.fetch_one(ONE)
        with others(small, 4):
            served = at_once(db, 8)
            assert [1] * 8 == served
            assert db.pool_stats().total == 1
        deadline = time.monotonic() + 20
        while db.pool_stats().total < 2:
            at_once(db, 4)
            assert time.monotonic() < deadline, "the pool does not grow again"
        assert 0 == db.pool_stats().busy
    count["pools that could not grow: worked, then grew"] += 1


def at_once(db: Database, number: int) -> list[int]:
    """Have many threads ask for something that takes a moment."""
    served: list[int] = []

    def ask() -> None:
        db.execute(SLEEP)
        served.append(db.fetch_one(ONE))

    threads = [threading.Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return served


def test_an_exhausted_pool_refuses_in_time_and_forgets_nobody(url: str, count: Counter[str]) -> None:
    """Those who gave up leave no trace: afterwards every connection can be had."""
    with Database(url, pool=PoolOptions(max_size=2, timeout=0.1)) as db:
        for _ in range(5):
            with db.connection(), db.connection():
                began = time.monotonic()
                for use in (lambda: db.fetch_one(ONE), lambda: db.run(lambda tx: None), db.begin):
                    with pytest.raises(psycopg_pool.PoolTimeout):
                        use()
                assert time.monotonic() - began < 2
                count["calls that an exhausted pool refused"] += 3
        with db.connection() as one, db.connection() as other:
            assert (1, 1) == (one.fetch_one(ONE), other.fetch_one(ONE))


async def test_an_exhausted_asynchronous_pool_does_the_same(url: str, count: Counter[str]) -> None:
    """Also where transactions wait in a pool that they keep full themselves."""
    async with AsyncDatabase(url, pool=PoolOptions(max_size=1, timeout=0.1)) as db:
        async with db.transaction() as tx:
            run = uuid4()
            await tx.execute(RECORD, (run,))
            with pytest.raises(psycopg_pool.PoolTimeout):
                await db.fetch_one(ONE)
        count["calls that an exhausted pool refused"] += 1
        assert 1 == await db.fetch_one(ONE)


@pytest.fixture
def tiny_disk(server: FaultServer) -> Iterator[Path]:
    """A file system of 12 MB, with a tablespace on it."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    disk = server.folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m,mode=755", "tmpfs", disk], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"no tmpfs here: {mounted.stderr.decode().strip()}")
    try:
        own(disk, server.account)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE tiny LOCATION '{disk}'")
            connection.execute("CREATE TABLE filled (run uuid, text text) TABLESPACE tiny; GRANT ALL ON filled TO app")
            yield disk
            connection.execute("DROP TABLE filled")
            connection.execute("DROP TABLESPACE tiny")
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk_undoes_one_transaction(
    url: str, server: FaultServer, tiny_disk: Path, count: Counter[str]
) -> None:
    """As a whole, not repeated; the connection and all other tables work on."""
    fill = Query[None](
        "fill",
        "INSERT INTO filled SELECT $1, repeat(md5(n::text), 30) FROM generate_series(1, 50000) AS n",
        params=("uuid",),
    )
    calls: list[int] = []
    run = uuid4()
    with Database(url, pool=PoolOptions(max_size=1)) as db:
        [before] = db.raw("SELECT pg_backend_pid() AS pid")

        def work(tx: Transaction) -> None:
            calls.append(1)
            tx.execute(RECORD, (run,))
            tx.execute(fill, (run,))

        with pytest.raises(psycopg.errors.DiskFull):
            db.run(work)
        assert [1] == calls
        assert [{"n": 0}] == db.raw("SELECT count(*) AS n FROM ledger WHERE run = $1", (run,))
        db.run(lambda tx: tx.execute(RECORD, (run,)))
        assert [before] == db.raw("SELECT pg_backend_pid() AS pid")
    count["disks filled"] += 1
