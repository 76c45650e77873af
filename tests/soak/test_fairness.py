"""Many threads on few connections: everybody has his turn."""

from __future__ import annotations

import threading
import time
from statistics import quantiles

import pytest
from janua import Database, PoolOptions, Query
from psycopg.conninfo import make_conninfo

from tests.faults.servers import FaultServer
from tests.soak.test_soak import SECONDS, crowd, server

__all__ = ["server"]

THREADS, CONNECTIONS = 32, 8
# The server's part, so that waiting for a connection is what takes long.
QUERY = Query[None]("soak.wait", "SELECT FROM pg_sleep(0.005)")


def test_32_threads_share_8_connections(server: FaultServer, capsys: pytest.CaptureFixture[str]) -> None:
    """None is served half as often as another, and in a long run 99 of 100 calls take less than 5 medians."""
    seconds = min(SECONDS, 60)
    durations: list[list[float]] = [[] for _ in range(THREADS)]
    start = threading.Barrier(THREADS)

    def work(mine: list[float]) -> None:
        start.wait()
        until = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < until:
            db.execute(QUERY)
            mine.append(time.perf_counter() - begun)

    with Database(make_conninfo(server.url, user="app"), pool=PoolOptions(max_size=CONNECTIONS)) as db:
        with crowd([threading.Thread(target=work, args=(mine,), daemon=True) for mine in durations]):
            pass
        assert (0, 0) == (db.pool_stats().busy, db.pool_stats().waiting)
    counts = sorted(map(len, durations))
    percentiles = quantiles([each for mine in durations for each in mine], n=1000)
    p50, p99, p999 = (percentiles[at] * 1000 for at in (499, 989, 998))
    slowest = max(max(mine) for mine in durations) * 1000
    with capsys.disabled():
        print(
            f"\n{seconds:.0f} s: {counts[0]} to {counts[-1]} calls a thread;"
            f" ms: p50 {p50:.1f}, p99 {p99:.1f}, p99.9 {p999:.1f}, slowest {slowest:.1f}"
        )
    assert counts[-1] <= 2 * counts[0]
    if seconds >= 60:
        assert p99 <= 5 * p50
