"""A replica is promoted under load: the service goes on, and what was acknowledged is there."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count as numbers

import psycopg
import psycopg_pool
import pytest
from janua import AsyncDatabase, CommitUnknown, Database, JanuaError, PoolOptions, Query, WriteTokenError
from psycopg.conninfo import make_conninfo

from tests.replicas.servers import Cluster, Node
from tests.replicas.test_fresh_reads import has
from tests.replicas.test_routing import INSERT, app, where

WORKERS = 6
WRITE = Query(
    "write",
    "INSERT INTO items VALUES ($1, $1) RETURNING current_setting('cluster_name')",
    params=("bigint",),
    columns=("text",),
    row=str,
)
"""Says which server has done it."""
OPTIONS = PoolOptions(min_size=2, max_size=6, timeout=5.0, connect_timeout=2.0)
REFUSED = (psycopg.Error, psycopg_pool.PoolTimeout, JanuaError)


@dataclass
class Load:
    """What clients that write without end were told; each id is sent once. Acknowledged is it by a server."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    # The answer to COMMIT was lost: done or not, nobody knows.
    unknown: list[int] = field(default_factory=list)
    reads: int = 0
    missed: list[int] = field(default_factory=list)
    _ids: numbers[int] = field(default_factory=numbers)
    _is_over: bool = False

    def next_id(self) -> int | None:
        """The next one to write, None at the end."""
        return None if self._is_over else next(self._ids)

    def stop(self) -> None:
        """Have the clients end after what they do."""
        self._is_over = True

    def wait(self, more: int = 200) -> None:
        """Wait until so many more are acknowledged."""
        goal, deadline = len(self.acknowledged) + more, time.monotonic() + 30
        while len(self.acknowledged) < goal:
            assert time.monotonic() < deadline, "the service does not go on"
            time.sleep(0.01)


def urls(cluster: Cluster) -> tuple[str, list[str]]:
    """All servers as hosts of which the one that writes is taken, and the replicas."""
    nodes = [cluster.primary, *cluster.replicas]
    hosts = ",".join([str(cluster.folder)] * len(nodes))
    ports = ",".join(str(node.port) for node in nodes)
    primary = make_conninfo(app(cluster.primary), host=hosts, port=ports, target_session_attrs="read-write")
    return primary, [app(each) for each in cluster.replicas]


@contextmanager
def threads_at_work(cluster: Cluster) -> Iterator[Load]:
    """Threads that write, each in a transaction, and read it where it is fresh."""
    load = Load()
    primary, replicas = urls(cluster)

    def work() -> None:
        while (number := load.next_id()) is not None:
            try:
                with db.transaction() as transaction:
                    server = transaction.fetch_one(WRITE, (number,))
            except CommitUnknown:
                load.unknown.append(number)
                continue
            except REFUSED:
                load.refused.append(number)
                time.sleep(0.01)
                continue
            load.acknowledged[number] = server
            with suppress(*REFUSED):
                found = db.fetch_one(has("fresh"), (number,))
                load.reads += 1
                load.missed += [number] * (1 - found)

    with Database(primary, replicas=replicas, pool=OPTIONS) as db:
        threads = [threading.Thread(target=work) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        try:
            load.wait()
            yield load
        finally:
            load.stop()
            for thread in threads:
                thread.join()


@contextmanager
def tasks_at_work(cluster: Cluster) -> Iterator[Load]:
    """Tasks that do the same, in an event loop of their own."""
    load = Load()

    async def work(db: AsyncDatabase) -> None:
        while (number := load.next_id()) is not None:
            try:
                async with db.transaction() as transaction:
                    server = await transaction.fetch_one(WRITE, (number,))
            except CommitUnknown:
                load.unknown.append(number)
                continue
            except REFUSED:
                load.refused.append(number)
                await asyncio.sleep(0.01)
                continue
            load.acknowledged[number] = server
            with suppress(*REFUSED):
                found = await db.fetch_one(has("fresh"), (number,))
                load.reads += 1
                load.missed += [number] * (1 - found)

    async def main() -> None:
        primary, replicas = urls(cluster)
        async with AsyncDatabase(primary, replicas=replicas, pool=OPTIONS) as db, asyncio.TaskGroup() as tasks:
            for _ in range(WORKERS):
                tasks.create_task(work(db))

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    try:
        load.wait()
        yield load
    finally:
        load.stop()
        thread.join()


def written(node: Node) -> list[int]:
    """The ids that are there, as often as they are."""
    return [number for (number,) in node.sql("SELECT id FROM items") if isinstance(number, int)]


@pytest.mark.parametrize("at_work", [threads_at_work, tasks_at_work], ids=["threads", "tasks"])
@pytest.mark.parametrize("is_synchronous", [True, False], ids=["synchronous", "asynchronous"])
def test_the_service_goes_on_with_the_promoted_replica(
    doomed: Cluster, count: Counter[str], at_work: object, is_synchronous: bool
) -> None:
    """Under synchronous replication nothing that was acknowledged is lost, and never is anything done twice."""
    assert callable(at_work)
    new = doomed.replicas[0]
    # Without a key, what is done twice is there twice.
    doomed.primary.sql("ALTER TABLE items DROP CONSTRAINT items_pkey")
    if is_synchronous:
        doomed.primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{new.name}'")
        doomed.primary.sql("SELECT pg_reload_conf()")
        while doomed.primary.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != [(1,)]:
            time.sleep(0.01)
    with at_work(doomed) as load:
        doomed.primary.kill()
        begun = time.monotonic()
        if is_synchronous:
            new.sql("ALTER SYSTEM RESET synchronous_standby_names")
        new.promote()
        load.wait()
        took = time.monotonic() - begun
    found = Counter(written(new))
    lost = [number for number in load.acknowledged if number not in found]
    assert {1} == set(found.values())
    assert set() == set(found) - {*load.acknowledged, *load.unknown}
    # What is lost cannot be read: nothing else was missed.
    assert set() == set(load.missed) - set(lost)
    kind = "synchronous" if is_synchronous else "asynchronous"
    if is_synchronous:
        assert [] == lost
    # What the new primary has acknowledged is there; the old one's last answers may arrive after its death.
    assert {load.acknowledged[number] for number in lost} <= {doomed.primary.name}
    assert new.name in load.acknowledged.values()
    count[f"failovers with {kind} replication"] += 1
    count[f"commits acknowledged across a failover with {kind} replication"] += len(load.acknowledged)
    count[f"of them lost with {kind} replication"] += len(lost)
    count["commits whose outcome stayed unknown in a failover"] += len(load.unknown)
    count["transactions refused in a failover, none of them done"] += len(load.refused)
    count["fresh reads across a failover, which missed what was lost and nothing else"] += load.reads
    count["milliseconds until 200 more commits, of all failovers together"] += int(took * 1000)


def test_a_token_of_before_the_promotion_is_for_the_primary(doomed: Cluster) -> None:
    """After it, the same place in the log may hold other work; a new write is read on the replicas of the new one."""
    new, other = doomed.replicas
    # Other roles see the timeline that a replica follows only after its next checkpoint.
    doomed.primary.sql("GRANT pg_read_all_stats TO app")
    primary, replicas = urls(doomed)
    with Database(primary, replicas=replicas, pool=OPTIONS) as db:
        db.execute(INSERT, (1,))
        token = db.write_token()
        doomed.caught_up()
        doomed.primary.kill()
        new.promote()
        other.sql(f"ALTER SYSTEM SET primary_conninfo = 'host={doomed.folder} port={new.port} user=postgres'")
        other.sql("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 20
        while not reads_on(db, other):
            assert time.monotonic() < deadline, "the other replica does not follow"
        with db.after(token):
            assert new.name == db.fetch_one(where("fresh"))
            assert 1 == db.fetch_one(has("fresh"), (1,))


def reads_on(db: Database, node: Node) -> bool:
    """Write, and return whether a fresh read is answered by this one."""
    with suppress(*REFUSED):
        db.execute(INSERT, (time.monotonic_ns(),))
        return db.fetch_one(where("fresh")) == node.name
    return False


def test_reads_go_on_without_a_primary(doomed: Cluster) -> None:
    """Those that may be stale; a fresh one raises rather than guess what was written."""
    primary, replicas = urls(doomed)
    with Database(primary, replicas=replicas, pool=OPTIONS) as db:
        db.execute(INSERT, (1,))
        token = db.write_token()
        doomed.caught_up()
        doomed.primary.kill()
        assert {"replica1", "replica2"} == {db.fetch_one(where("stale")) for _ in range(10)}
        with pytest.raises(REFUSED):
            db.fetch_one(has("fresh"), (1,))
    # Another process has not written: the token says all that its reads must show.
    with Database(primary, replicas=replicas, pool=OPTIONS, lazy=True) as db, db.after(token):
        assert 1 == db.fetch_one(has("fresh"), (1,))


def test_a_connection_to_what_became_a_replica_is_given_up(cluster: Cluster) -> None:
    """After the first write that it refuses, the pool asks again who writes."""
    with Database(app(cluster.replicas[0]), pool=PoolOptions(max_size=1)) as db:
        before = db.raw("SELECT pg_backend_pid() AS pid")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            db.execute(INSERT, (1,))
        assert before != db.raw("SELECT pg_backend_pid() AS pid")
        with pytest.raises(WriteTokenError, match="is a replica: only a primary writes"):
            db.write_token()
