"""What the monitor tells of a primary that is followed, and of a replica that is late."""

from __future__ import annotations

import time

from janua import Database
from janua.monitor import Monitor
from janua.monitor.findings import findings_of

from tests.replicas.servers import Cluster


def test_a_primary_tells_who_follows_it(cluster: Cluster) -> None:
    """By name, with how far they are behind."""
    cluster.caught_up()
    with Database(cluster.primary.url) as db:
        found = list(Monitor(db).replicas())
    assert len(cluster.replicas) == len(found)
    assert {"streaming"} == {row.state for row in found}
    assert all((row.lag_bytes or 0) < 1_000_000 for row in found)


def test_a_replica_tells_how_late_it_is(cluster: Cluster) -> None:
    """Not at all where it has replayed everything; all other questions are answered there, too."""
    cluster.caught_up()
    replica = cluster.replicas[0]
    with Database(replica.url) as db:
        monitor = Monitor(db)
        overview = monitor.overview().rows[0]
        assert (True, 0.0) == (overview.is_replica, overview.replay_delay_s)
        report = monitor.report()
        assert report.postgres is not None
        lacking = [name for name in report.postgres.__slots__ if getattr(report.postgres, name).unavailable]
        assert [] == [name for name in lacking if name not in ("query_totals", "slow_queries")]
        replica.pause_replay()
        try:
            cluster.primary.sql("CREATE TABLE IF NOT EXISTS late AS SELECT 1")
            cluster.primary.sql("DROP TABLE late")
            deadline = time.monotonic() + 10
            while not (monitor.overview().rows[0].replay_delay_s or 0) > 0:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            replica.resume_replay()
    assert [] == [finding for finding in findings_of(report) if "behind" in finding.message]
