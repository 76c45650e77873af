"""What was written is read, wherever."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count as numbers

import pytest
from hypothesis import given
from hypothesis import strategies as st
from janua import AsyncDatabase, Database, Query, ReplicaOptions, WriteTokenError
from janua.database.lsn import WritePosition
from janua.query import Replica

from tests.replicas.servers import Cluster
from tests.replicas.test_routing import INSERT, app, where

READS = 150


def has(replica: Replica) -> Query[int]:
    """A query for how many rows have an id."""
    sql = "SELECT count(*) FROM items WHERE id = $1"
    return Query("has", sql, params=("bigint",), columns=("bigint",), row=int, replica=replica)


def database(cluster: Cluster, options: ReplicaOptions = ReplicaOptions()) -> Database:
    """The cluster, blocking."""
    return Database(app(cluster.primary), replicas=[app(each) for each in cluster.replicas], replica_options=options)


@pytest.mark.parametrize("how", ["plain", "transaction", "connection", "pipeline"])
def test_threads_read_what_they_wrote(cluster: Cluster, count: Counter[str], how: str) -> None:
    """Fresh reads show every write of the thread, however it was written; stale ones need not."""
    ids = numbers()

    def write(db: Database, number: int) -> None:
        if how == "plain":
            db.execute(INSERT, (number,))
        elif how == "transaction":
            with db.transaction() as transaction:
                transaction.execute(INSERT, (number,))
        elif how == "pipeline":
            with db.pipeline() as pipeline:
                pipeline.execute(INSERT, (number,))
        else:
            with db.connection() as connection:
                connection.execute(INSERT, (number,))

    def work(_: int) -> Counter[str]:
        found: Counter[str] = Counter()
        for number in [next(ids) for _ in range(READS)]:
            write(db, number)
            replica: Replica = "fresh" if number % 2 else "stale"
            found[replica] += 1
            found[f"{replica} missed"] += 1 - db.fetch_one(has(replica), (number,))
        return found

    with database(cluster) as db, ThreadPoolExecutor(4) as threads:
        found = sum(threads.map(work, range(4)), Counter[str]())
    assert 0 == found["fresh missed"]
    count["fresh reads after a write, none of them stale"] += found["fresh"]
    count["reads after a write that may be stale"] += found["stale"]
    count["reads after a write that were stale"] += found["stale missed"]


async def test_tasks_read_what_other_tasks_of_theirs_wrote(cluster: Cluster, count: Counter[str]) -> None:
    """A task that writes is another one than that which waits for it."""
    missed = 0
    async with AsyncDatabase(app(cluster.primary), replicas=[app(each) for each in cluster.replicas]) as db:

        async def work(task: int) -> int:
            missed = 0
            for number in range(task * READS, (task + 1) * READS):
                await asyncio.create_task(db.execute(INSERT, (number,)))
                missed += 1 - await db.fetch_one(has("fresh"), (number,))
            return missed

        missed = sum(await asyncio.gather(*(work(task) for task in range(4))))
    assert 0 == missed
    count["fresh reads after a write, none of them stale"] += 4 * READS


def test_a_write_of_a_held_connection_is_read_while_it_is_held(cluster: Cluster) -> None:
    """It is committed before the connection goes back."""
    with database(cluster) as db, db.connection() as connection:
        connection.execute(INSERT, (1,))
        assert 1 == db.fetch_one(has("fresh"), (1,))


def test_a_write_that_did_not_wait_for_the_disk_is_read(cluster: Cluster) -> None:
    """With synchronous_commit off, the log is flushed later."""
    with Database(
        f"{app(cluster.primary)} options='-c synchronous_commit=off'",
        replicas=[app(each) for each in cluster.replicas],
    ) as db:
        for number in range(20):
            db.execute(INSERT, (number,))
            assert 1 == db.fetch_one(has("fresh"), (number,))


def test_fresh_reads_go_to_replicas_that_have_caught_up(cluster: Cluster) -> None:
    """To the primary goes who would have waited for too long."""
    with database(cluster, ReplicaOptions(max_wait=0.05)) as db:
        cluster.replicas[0].pause_replay()
        db.execute(INSERT, (1,))
        assert {"replica2"} == {db.fetch_one(where("fresh")) for _ in range(6)}
        cluster.replicas[1].pause_replay()
        db.execute(INSERT, (2,))
        assert "primary" == db.fetch_one(where("fresh"))
        assert 1 == db.fetch_one(has("fresh"), (2,))


def test_a_token_carries_a_write_to_another_process(cluster: Cluster) -> None:
    """Which reads it, and without the token need not."""
    for replica in cluster.replicas:
        replica.pause_replay()
    with database(cluster) as db:
        db.execute(INSERT, (1,))
        token = db.write_token()
    program = """
import sys
from janua import Database, ReplicaOptions
from tests.replicas.test_fresh_reads import has
primary, *replicas, token = sys.argv[1:]
with Database(primary, replicas=replicas, replica_options=ReplicaOptions(max_wait=0.05, max_lag=None)) as db:
    before = db.fetch_one(has("fresh"), (1,))
    with db.after(token):
        print(before, db.fetch_one(has("fresh"), (1,)), db.fetch_one(has("stale"), (1,)))
    print(db.fetch_one(has("fresh"), (1,)))
"""
    urls = [app(each) for each in (cluster.primary, *cluster.replicas)]
    found = subprocess.run([sys.executable, "-c", program, *urls, token], capture_output=True, text=True, check=True)
    assert "0 1 0\n0\n" == found.stdout


async def test_a_token_holds_for_the_task_that_has_it(cluster: Cluster) -> None:
    """And for those that it starts, not for others."""
    async with AsyncDatabase(
        app(cluster.primary),
        replicas=[app(each) for each in cluster.replicas],
        replica_options=ReplicaOptions(max_wait=0.05, max_lag=None),
    ) as db:
        for replica in cluster.replicas:
            replica.pause_replay()
        cluster.primary.sql("INSERT INTO items VALUES (1, 1)")
        token = await db.write_token()
        may_read = asyncio.Event()

        async def read_later() -> int:
            await may_read.wait()
            return await db.fetch_one(has("fresh"), (1,))

        other = asyncio.create_task(read_later())
        async with db.after(token):
            assert 1 == await db.fetch_one(has("fresh"), (1,))
            assert 1 == await asyncio.create_task(db.fetch_one(has("fresh"), (1,)))
            may_read.set()
            assert 0 == await other


def test_a_token_of_another_cluster_is_refused(cluster: Cluster) -> None:
    """Its numbers would mean anything here."""
    token = WritePosition(system=1, timeline=1, lsn=1).to_token()
    with (
        database(cluster) as db,
        pytest.raises(WriteTokenError, match="comes from another database cluster"),
        db.after(token),
    ):
        pass


def test_a_token_of_another_timeline_is_for_the_primary(cluster: Cluster) -> None:
    """Places on two timelines cannot be compared."""
    with database(cluster) as db:
        position = WritePosition.from_token(db.write_token())
        with db.after(WritePosition(position.system, position.timeline + 1, 1).to_token()):
            assert "primary" == db.fetch_one(where("fresh"))
        assert "replica" == db.fetch_one(where("fresh"))[:-1]


POSITIONS = st.builds(
    WritePosition, st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
)


@given(POSITIONS)
def test_a_token_is_read_as_it_was_written(position: WritePosition) -> None:
    """And fits into a URL."""
    token = position.to_token()
    assert position == WritePosition.from_token(token)
    assert 34 == len(token)


@given(POSITIONS, st.integers(0, 33), st.sampled_from("ABab01-_ é"))
def test_a_damaged_token_is_refused(position: WritePosition, at: int, other: str) -> None:
    """Whichever of its characters is another one."""
    token = position.to_token()
    damaged = token[:at] + other + token[at + 1 :]
    if damaged != token:
        with pytest.raises(WriteTokenError, match="is damaged"):
            WritePosition.from_token(damaged)


@pytest.mark.parametrize("token", ["", "A", "x" * 34, "é", "AWsLuy6cImxwAAAAAQ"])
def test_what_is_no_token_is_refused(token: str) -> None:
    """With an error that says what one is."""
    with pytest.raises(WriteTokenError, match="is damaged"):
        WritePosition.from_token(token)
