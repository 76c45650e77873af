"""The network swallows everything: no answer, and no sign that there will be none."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from janua import AsyncDatabase, CommitUnknown, Database, PoolOptions, Query, ServerUnreachable, TransactionLost
from janua.embedded.distributions import distributions
from psycopg.conninfo import make_conninfo

from tests.faults.ledger import RECORD, SCHEMA
from tests.faults.proxy import Proxy
from tests.faults.servers import FaultServer

ONE = Query[int]("one", "SELECT 1")
SLEEP = Query[None]("sleep", "SELECT pg_sleep(60)")
# 5 s for the request to cancel, and as long for what it has cancelled.
GIVES_UP_S = 12


async def test_a_timeout_is_honoured_where_nothing_answers(
    proxied_url: str, proxy: Proxy, server: FaultServer, count: Counter[str]
) -> None:
    """The connection is closed, because it cannot be asked to cancel; then all is well again."""
    async with AsyncDatabase(proxied_url, pool=PoolOptions(max_size=2, connect_timeout=2)) as db:
        async with db.transaction() as tx:
            await tx.fetch_one(ONE)
        run = uuid4()

        async def work() -> None:
            async with db.transaction() as tx:
                await tx.execute(RECORD, (run,))
                proxy.is_black_hole = True
                await tx.fetch_one(ONE)

        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await work()
        assert time.monotonic() - began < GIVES_UP_S
        assert 0 == db.pool_stats().busy
        with pytest.raises(ServerUnreachable):
            await AsyncDatabase(proxied_url, pool=PoolOptions(connect_timeout=2)).open()
        proxy.is_black_hole = False
        async with asyncio.timeout(10):
            assert 1 == await db.fetch_one(ONE)
    with psycopg.connect(server.url) as connection:
        assert (0,) == connection.execute("SELECT count(*) FROM ledger WHERE run = %s", (run,)).fetchone()
    count["black holes (proxy)"] += 1


@dataclass
class Cable:
    """The only way to a server in a network namespace."""

    namespace: str
    server: FaultServer
    url: str

    def pull(self) -> None:
        self._set("down")

    def plug(self) -> None:
        self._set("up")

    def _set(self, state: str) -> None:
        run("ip", "-n", self.namespace, "link", "set", "inside", state)


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def cable() -> Iterator[Cable]:
    """A server of its own behind a pair of virtual network cards."""
    if os.geteuid() != 0:
        pytest.skip("only root can make a network namespace")
    if not (shutil.which("ip") and shutil.which("setpriv")):
        pytest.skip("needs ip (iproute2) and setpriv (util-linux)")
    name, outside = f"janua-{os.getpid()}", f"jo{os.getpid() % 100000}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"no network namespaces here: {made.stderr.strip()}")
    server = FaultServer(next(distributions()))
    try:
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", "inside", "netns", name)
        run("ip", "address", "add", "198.18.77.1/30", "dev", outside)
        run("ip", "link", "set", outside, "up")
        run("ip", "-n", name, "address", "add", "198.18.77.2/30", "dev", "inside")
        run("ip", "-n", name, "link", "set", "inside", "up")
        drop = [f"--reuid={server.account.uid}", f"--regid={server.account.gid}"] if server.account else []
        server.start("ip", "netns", "exec", name, "setpriv", *drop, "--clear-groups", listen="198.18.77.2")
        server.let_in("198.18.77.0/30")
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(SCHEMA)
        quick = {"keepalives_idle": 1, "keepalives_interval": 1, "keepalives_count": 2, "tcp_user_timeout": 3000}
        yield Cable(name, server, make_conninfo(server.url, host="198.18.77.2", **quick))
    finally:
        server.remove()
        subprocess.run(["ip", "netns", "del", name], capture_output=True)


def test_packets_that_are_dropped(cable: Cable, count: Counter[str]) -> None:
    """A statement that runs, one that is sent and a COMMIT all end, soon; then all is well again."""
    with Database(cable.url, pool=PoolOptions(max_size=1, connect_timeout=2, timeout=3)) as db:
        db.fetch_one(ONE)
        with limited(10), pytest.raises(psycopg.OperationalError), db.connection() as connection:
            # The cable is pulled while the statement runs.
            pulled = subprocess.Popen(
                ["sh", "-c", f"sleep 0.3; ip -n {cable.namespace} link set inside down"], start_new_session=True
            )
            connection.execute(SLEEP)
        pulled.wait()
        cable.plug()
        assert 1 == served_again(db)
        with limited(10), pytest.raises(psycopg.OperationalError), db.connection() as connection:
            cable.pull()
            connection.fetch_one(ONE)
        cable.plug()
        assert 1 == served_again(db)
        for certain, error in ((False, CommitUnknown), (True, TransactionLost)):
            run_id = uuid4()
            with limited(15), pytest.raises(error), db.transaction(certain=certain) as tx:
                tx.execute(RECORD, (run_id,))
                cable.pull()
            cable.plug()
            assert 1 == served_again(db)
            assert [{"n": 0}] == db.raw("SELECT count(*) AS n FROM ledger WHERE run = $1", (run_id,))
        assert 0 == db.pool_stats().busy
    count["black holes (packets dropped)"] += 4


def served_again(db: Database) -> int:
    """What a call gives within ten seconds."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return db.fetch_one(ONE)
        except Exception:
            assert time.monotonic() < deadline, "no health"
            time.sleep(0.1)


class limited:  # noqa: N801
    """A block that must have ended after some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        assert time.monotonic() - self._began < self._seconds
