"""PostgreSQL has replicas: one lags behind, or one takes over without the last commits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from janua.embedded.distributions import distributions
from janua.migrations import apply_up, read_migrations
from psycopg.conninfo import make_conninfo
from servers import Cluster
from stage import HERE, Stage
from subject import Rows

from cases.case import collected

CASES, case = collected("What happens to PostgreSQL")
_RUNS = 2


@case("reads go to a replica that lags behind while another process writes", can_be_told=True, runs=_RUNS)
def lagging(stage: Stage) -> None:
    """When it has caught up, what it gave before is outdated."""
    with _cluster() as cluster:
        replica = cluster.replicas[0]
        reader = stage.process("reader", pg_url=cluster.primary.url, reads_from=replica.url)
        writer = stage.process("writer", pg_url=cluster.primary.url)
        stage.warm(reader, "accounts")
        for each in cluster.replicas:
            each.pause_replay()
        writer.write("set_balance", 12)
        stage.tell(writer, "accounts")
        reader.read("accounts")
        for each in cluster.replicas:
            each.resume_replay()
        cluster.caught_up()
        stage.expect(reader, "accounts", _accounts(12))


@case("a replica takes over that has not got the last commit", runs=_RUNS)
def failover(stage: Stage) -> None:
    """What was lost is not given any more, once somebody has written to the new primary."""
    with _cluster() as cluster:
        nodes = [cluster.primary, *cluster.replicas]
        url = make_conninfo(
            host=",".join([str(cluster.folder)] * len(nodes)),
            port=",".join(str(node.port) for node in nodes),
            dbname="postgres",
            user="postgres",
            target_session_attrs="read-write",
            connect_timeout=2,
        )
        reader, writer = stage.process("reader", pg_url=url), stage.process("writer", pg_url=url)
        stage.warm(reader, "accounts")
        for replica in cluster.replicas:
            replica.kill()
        writer.write("set_balance", 12)
        stage.warm(reader, "accounts")
        cluster.primary.kill()
        heir = cluster.replicas[0]
        heir.start()
        heir.promote()
        deadline = time.monotonic() + 20
        while heir.sql("SELECT count(*) FROM places WHERE name = 'parent'") == [(0,)]:
            assert time.monotonic() < deadline, writer.errors
            writer.write("set_parents")
            # As at the end of a request: connections that are broken are closed.
            writer.take("abandon")
        # Those of its connection to the old primary.
        writer.errors.clear()
        stage.expect(reader, "accounts", _accounts(10))


def _accounts(balance: int) -> Rows:
    return [["1", "1", str(balance)], ["2", "2", "20"]]


@contextmanager
def _cluster() -> Iterator[Cluster]:
    """A primary with the tables, and two replicas that have them."""
    cluster = Cluster(next(iter(distributions())))
    try:
        cluster.start()
        with psycopg.connect(cluster.primary.url, autocommit=True) as connection:
            apply_up(connection, read_migrations(HERE / "project/migrations"))
            connection.execute((HERE / "rows.sql").read_bytes())
        cluster.caught_up()
        yield cluster
    finally:
        cluster.remove()
