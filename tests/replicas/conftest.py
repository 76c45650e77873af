"""A cluster for the tests that leave it as it was, and new ones for those that do not."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from janua.embedded.distributions import distributions

from tests.replicas.servers import Cluster

COUNTS: Counter[str] = Counter()
SCHEMA = """
CREATE TABLE items (id bigint PRIMARY KEY, value bigint NOT NULL);
CREATE ROLE app LOGIN;
GRANT ALL ON items TO app;
"""


@pytest.fixture(scope="session")
def count() -> Counter[str]:
    """What has happened, for the summary."""
    return COUNTS


def make_cluster() -> Iterator[Cluster]:
    """
    A primary and two replicas with an empty table, and a role without privileges, ``app``.

    JANUA_FAULTS_POSTGRES asks for a major version that is here.
    """
    major = os.environ.get("JANUA_FAULTS_POSTGRES")
    cluster = Cluster(next(each for each in distributions() if str(each.major) == (major or str(each.major))))
    try:
        cluster.start()
        cluster.primary.sql(SCHEMA)
        cluster.caught_up()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    """One for all tests of a file."""
    yield from make_cluster()


@pytest.fixture
def cluster(shared: Cluster) -> Cluster:
    """The same, with an empty table that both replicas know to be empty."""
    for replica in shared.replicas:
        replica.resume_replay()
    shared.primary.sql("TRUNCATE items")
    shared.caught_up()
    return shared


@pytest.fixture
def doomed() -> Iterator[Cluster]:
    """One for a test that kills or promotes some of it."""
    yield from make_cluster()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what has happened."""
    if COUNTS:
        terminalreporter.section("replicas")
        for name, number in sorted(COUNTS.items()):
            terminalreporter.write_line(f"{number:>8,}  {name}")
