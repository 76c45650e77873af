"""The server ends in every way that it can end, and comes back, while clients are at work."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest

from tests.faults.conftest import Work
from tests.faults.ledger import Load
from tests.faults.proxy import Proxy
from tests.faults.servers import FaultServer

Check = Callable[[Load], None]
HEALTH_S = 10

ENDS: dict[str, Callable[[FaultServer], None]] = {
    "killed": FaultServer.kill,
    "immediate shutdown": lambda server: server.stop(signal.SIGQUIT),
    "fast shutdown": lambda server: server.stop(signal.SIGINT),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_server_that_ends_and_comes_back(
    how: str, at_work: Work, server: FaultServer, url: str, check: Check, count: Counter[str]
) -> None:
    """No acknowledged run is lost, none is done twice, and the pool is well again by itself."""
    with at_work(url) as (load, _):
        for _ in range(3):
            load.wait_for_more(HEALTH_S)
            ENDS[how](server)
            time.sleep(0.2)
            server.start()
            count["slowest recovery in ms"] = max(
                count["slowest recovery in ms"], int(1000 * load.wait_for_more(HEALTH_S))
            )
            count[f"server: {how}"] += 1
    check(load)


def test_one_process_that_crashes(
    at_work: Work, server: FaultServer, url: str, check: Check, count: Counter[str]
) -> None:
    """The server ends all the others, too, and recovers."""
    with at_work(url) as (load, _):
        for _ in range(3):
            load.wait_for_more(HEALTH_S)
            with psycopg.connect(server.url, autocommit=True) as connection:
                [pid] = connection.execute(
                    "SELECT pid FROM pg_stat_activity WHERE usename = 'app' LIMIT 1"
                ).fetchone() or [0]
            os.kill(pid, signal.SIGKILL)
            load.wait_for_more(HEALTH_S)
            count["server: one process killed"] += 1
    check(load)


def test_all_connections_are_terminated_again_and_again(
    at_work: Work, server: FaultServer, url: str, check: Check, count: Counter[str]
) -> None:
    """By an administrator, under load."""
    with at_work(url) as (load, _), psycopg.connect(server.url, autocommit=True) as administrator:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            [ended] = administrator.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'app'"
            ).fetchone() or [0]
            count["connections terminated"] += ended
            time.sleep(0.05)
        load.wait_for_more(HEALTH_S)
    check(load)


@pytest.mark.parametrize("certain", [False, True], ids=["", "certain"])
def test_all_connections_are_cut_again_and_again(
    certain: bool, at_work: Work, proxied_url: str, proxy: Proxy, check: Check, count: Counter[str]
) -> None:
    """With answers on their way, those to COMMIT among them. The server does not know of it."""
    proxy.latency_s = 0.005
    with at_work(proxied_url, certain=certain) as (load, _):
        load.wait_for_more(HEALTH_S)
        until = time.monotonic() + 5
        while time.monotonic() < until:
            count["connections cut with answers on their way"] += proxy.disconnect()
            time.sleep(0.07)
        load.wait_for_more(HEALTH_S)
    check(load)
    if certain:
        assert set() == load.unknown
