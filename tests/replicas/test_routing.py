"""Which server answers what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from janua import AsyncDatabase, ConfigError, Database, PoolOptions, Query, ReplicaOptions
from janua.query import Replica
from psycopg.conninfo import make_conninfo

from tests.replicas.servers import Cluster, Node

INSERT = Query[None]("insert", "INSERT INTO items VALUES ($1, $1)", params=("bigint",))


def where(replica: Replica | None, timeout: float | None = None) -> Query[str]:
    """A query for the name of the server that answers."""
    sql = "SELECT current_setting('cluster_name')"
    return Query("where", sql, columns=("text",), row=str, replica=replica, timeout=timeout)


def app(node: Node) -> str:
    """A node's address, for a role without privileges."""
    return make_conninfo(node.url, user="app")


@pytest.fixture
def db(cluster: Cluster) -> Iterator[Database]:
    """The cluster, blocking."""
    with Database(app(cluster.primary), replicas=[app(each) for each in cluster.replicas]) as db:
        yield db


@asynccontextmanager
async def opened(cluster: Cluster) -> AsyncIterator[AsyncDatabase]:
    """The cluster, asynchronous."""
    async with AsyncDatabase(app(cluster.primary), replicas=[app(each) for each in cluster.replicas]) as db:
        yield db


def test_replicas_take_turns(db: Database) -> None:
    """Half of the reads goes to each."""
    answers = [db.fetch_one(where("stale")) for _ in range(20)]
    assert (10, 10) == (answers.count("replica1"), answers.count("replica2"))


async def test_replicas_take_turns_for_tasks(cluster: Cluster) -> None:
    """So it is for tasks at once."""
    async with opened(cluster) as db:
        answers = await asyncio.gather(*(db.fetch_one(where("stale")) for _ in range(20)))
    assert (10, 10) == (answers.count("replica1"), answers.count("replica2"))


def test_a_plain_query_goes_to_the_primary(db: Database) -> None:
    """Only those that ask for a replica do not."""
    assert "primary" == db.fetch_one(where(None))


@pytest.mark.parametrize("replica", ["stale", "fresh"])
def test_a_transaction_stays_where_it_is(db: Database, replica: Replica) -> None:
    """Its reads must see its writes and its snapshot; so it is for a held connection."""
    with db.transaction() as transaction:
        assert "primary" == transaction.fetch_one(where(replica))
    with db.connection() as connection:
        assert "primary" == connection.fetch_one(where(replica))


def test_a_time_limit_holds_on_a_replica(db: Database) -> None:
    """The error is the query's, and is not asked of another server again."""
    assert "replica" == db.fetch_one(where("stale", timeout=5.0))[:-1]
    slow = Query[None]("slow", "SELECT pg_sleep(10)", replica="stale", timeout=0.05)
    with pytest.raises(psycopg.errors.QueryCanceled):
        db.execute(slow)


def test_the_primary_answers_where_replicas_lag(db: Database, cluster: Cluster) -> None:
    """Those that are too far behind are left out until they have caught up."""
    with Database(
        app(cluster.primary),
        replicas=[app(each) for each in cluster.replicas],
        replica_options=ReplicaOptions(max_lag=0.05),
    ) as near:
        for replica in cluster.replicas:
            replica.pause_replay()
        cluster.primary.sql("INSERT INTO items VALUES (1, 1)")
        while not all(lag > 0.1 for lag in (lag_of(each) for each in cluster.replicas)):
            pass
        assert ["primary"] * 4 == [near.fetch_one(where("stale")) for _ in range(4)]
        assert "replica" == db.fetch_one(where("stale"))[:-1]


def lag_of(replica: Node) -> float:
    """By how much a replica has the server's own word that it is behind."""
    [(lag,)] = replica.sql(
        "SELECT CASE WHEN pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()"
        " THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 ELSE 0 END"
    )
    assert isinstance(lag, float | int)
    return lag


def test_the_primary_answers_where_no_replica_can_be_reached(cluster: Cluster, tmp_path: object) -> None:
    """And the status says why."""
    nowhere = make_conninfo(app(cluster.primary), host=str(tmp_path))
    with Database(app(cluster.primary), replicas=[nowhere]) as db:
        assert "primary" == db.fetch_one(where("stale"))
        assert "primary" == db.fetch_one(where("fresh"))
        [status] = db.replica_stats()
    assert not status.ok
    assert "cannot connect" in status.error


def test_a_primary_is_no_replica(cluster: Cluster) -> None:
    """What has been promoted is read no more, since it follows nobody."""
    with Database(app(cluster.primary), replicas=[app(cluster.primary), app(cluster.replicas[0])]) as db:
        assert {"replica1"} == {db.fetch_one(where("stale")) for _ in range(6)}
        assert ["it has been promoted: it follows no primary", ""] == [each.error for each in db.replica_stats()]


def test_a_killed_replica_is_passed_over(doomed: Cluster) -> None:
    """The read that meets it, too; when it is back it answers again."""
    options = PoolOptions(connect_timeout=2)
    with Database(app(doomed.primary), replicas=[app(each) for each in doomed.replicas], pool=options) as db:
        assert {"replica1", "replica2"} == {db.fetch_one(where("stale")) for _ in range(4)}
        doomed.replicas[0].kill()
        assert {"replica2"} == {db.fetch_one(where("stale")) for _ in range(10)}
        doomed.replicas[0].start()
        while db.fetch_one(where("stale")) != "replica1":
            pass


def test_a_frozen_replica_is_passed_over(cluster: Cluster) -> None:
    """It takes what is sent, and neither answers nor hangs up: two seconds are enough to know."""
    frozen = cluster.replicas[0]
    options = PoolOptions(connect_timeout=2)
    with Database(app(cluster.primary), replicas=[app(each) for each in cluster.replicas], pool=options) as db:
        assert {"replica1", "replica2"} == {db.fetch_one(where("stale")) for _ in range(4)}
        frozen.freeze()
        try:
            # What was known of it must not hold any more: a read that is sent to it waits.
            time.sleep(1.1)
            begun = time.monotonic()
            assert {"replica2"} == {db.fetch_one(where("stale")) for _ in range(10)}
            assert time.monotonic() - begun < 10
        finally:
            frozen.thaw()


def test_a_table_that_a_replica_does_not_know_yet_is_read_on_the_primary(db: Database, cluster: Cluster) -> None:
    """A migration arrives there later; its queries may be deployed before."""
    for replica in cluster.replicas:
        replica.pause_replay()
    cluster.primary.sql("CREATE TABLE newer AS SELECT 7 AS id; GRANT SELECT ON newer TO app")
    query = Query("newer", "SELECT id FROM newer", columns=("integer",), row=int, replica="stale")
    assert 7 == db.fetch_one(query)
    cluster.primary.sql("DROP TABLE newer")


@pytest.mark.parametrize("replicas", ["postgresql://here", [1], None])
def test_replicas_are_a_list(replicas: object) -> None:
    """A text alone would be taken for one URL a character."""
    with pytest.raises(ConfigError, match="replicas must be a list of URLs"):
        Database("postgresql://here", replicas=replicas)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"max_lag": -1}, {"max_wait": None}, {"max_wait": float("nan")}, {"max_lag": "1"}])
def test_options_are_checked(options: dict[str, object]) -> None:
    """When they are given."""
    with pytest.raises(ValueError, match=f"ReplicaOptions: {next(iter(options))} must be a number"):
        ReplicaOptions(**options)  # type: ignore[arg-type]
