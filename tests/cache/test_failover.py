"""PostgreSQL fails over to a server that has not got the last commits, and a replica lags behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import psycopg
import pytest
from janua import Database, JanuaError, PoolOptions
from janua.cache import Cache
from janua.embedded.distributions import distributions
from janua.redis import Redis

from tests.cache import queries as q
from tests.cache.conftest import Place
from tests.replicas.servers import Cluster

OPTIONS = PoolOptions(min_size=1, max_size=3, timeout=5.0, connect_timeout=2.0)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A primary with an account, and two replicas that have it."""
    cluster = Cluster(next(iter(distributions())))
    try:
        cluster.start()
        cluster.primary.sql(q.SCHEMA)
        cluster.primary.sql("INSERT INTO accounts VALUES (1, 'Ada', 10)")
        cluster.caught_up()
        yield cluster
    finally:
        cluster.remove()


@contextmanager
def _place(cluster: Cluster, redis_url: str, prefix: str, *, replicas: bool = False) -> Iterator[Place]:
    nodes = [cluster.primary, *cluster.replicas]
    with (
        Redis(redis_url, prefix=prefix) as redis,
        Cache(redis, strict=True, timeout=5.0, resolve_after=0.05) as cache,
        Database(
            host=[str(cluster.folder)] * 3,
            port=[node.port for node in nodes],
            dbname="postgres",
            user="postgres",
            target_session_attrs="read-write",
            pool=OPTIONS,
            cache=cache,
            replicas=[node.url for node in cluster.replicas] if replicas else [],
        ) as db,
    ):
        yield Place(db, cache)


def _read(place: Place) -> int:
    for _ in range(50):
        with suppress(psycopg.Error, JanuaError):
            return int(place.db.fetch_one(q.TOTAL))
    return int(place.db.fetch_one(q.TOTAL))


def test_what_was_lost_is_not_given_any_more(cluster: Cluster, janua_redis_url: str, janua_redis_prefix: str) -> None:
    """As soon as anybody has met the new primary, and by nobody."""
    with (
        _place(cluster, janua_redis_url, janua_redis_prefix) as here,
        _place(cluster, janua_redis_url, janua_redis_prefix) as other,
    ):
        assert 10 == _read(here) == _read(other)
        for replica in cluster.replicas:
            replica.kill()
        here.db.execute(q.SET, (1, 20))
        assert 20 == _read(other) == _read(here)
        cluster.primary.kill()
        heir = cluster.replicas[0]
        heir.start()
        heir.promote()
        for _ in range(50):
            with suppress(psycopg.Error, JanuaError):
                other.db.execute(q.ADD_NOTE, (1, "x"))
                break
        assert 10 == _read(other)
        assert 10 == _read(here)
        other.db.execute(q.ADD, (2, "Bob", 5))
        assert 15 == _read(here) == _read(other)


def test_a_replica_that_lags_fills_nothing(cluster: Cluster, janua_redis_url: str, janua_redis_prefix: str) -> None:
    """What a replica could answer, the primary does: others are given it."""
    fresh = replace(q.TOTAL, replica="stale")
    with _place(cluster, janua_redis_url, janua_redis_prefix, replicas=True) as here:
        for replica in cluster.replicas:
            replica.pause_replay()
        here.db.execute(q.SET, (1, 20))
        for _ in range(3):
            assert 20 == here.db.fetch_one(fresh)
        for replica in cluster.replicas:
            replica.resume_replay()


def test_a_standby_s_answers_are_not_kept(cluster: Cluster, janua_redis_url: str, janua_redis_prefix: str) -> None:
    """A database that is opened on one has no use of the cache."""
    with (
        Redis(janua_redis_url, prefix=janua_redis_prefix) as redis,
        Cache(redis, strict=True) as cache,
        Database(cluster.replicas[0].url, cache=cache) as db,
    ):
        cluster.primary.sql("UPDATE accounts SET balance = 30")
        cluster.caught_up()
        assert 30 == db.fetch_one(q.TOTAL)
        cluster.primary.sql("UPDATE accounts SET balance = 40")
        cluster.caught_up()
        assert 40 == db.fetch_one(q.TOTAL)
