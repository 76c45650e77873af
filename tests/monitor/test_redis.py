"""What the monitor tells of Redis, of one server and of a cluster, blocking and asynchronous."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from janua import AsyncDatabase, Database
from janua.events import ConnectionErrorEvent
from janua.monitor import AsyncMonitor, Monitor
from janua.redis import AsyncRedis, Redis
from janua.testing import TestRedis

from tests.runtime.redis import servers

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A server of this test's own."""
    with servers.running() as server, Redis(f"redis://127.0.0.1:{server.port}/0", max_retries=0) as redis:
        yield redis


def monitor_of(redis: Redis | None) -> Monitor:
    """A monitor whose PostgreSQL is not there."""
    return Monitor(Database(NOWHERE, lazy=True), redis)


def test_calls_and_hits_are_counted(redis: Redis) -> None:
    """By command; a key that is not there is a miss."""
    for key in ("a", "b", "c"):
        redis.set(key, 1)
    for key in ("a", "b", "c", "d"):
        redis.get(key, int)
    [found] = monitor_of(redis).redis_metrics()
    assert (3, 4, 3, 1, 0.75) == (found.ops["set"], found.ops["get"], found.hits, found.misses, found.hit_rate)
    assert (3, 1, 0) == (found.keys, found.nodes, found.evicted_keys)
    assert found.memory_bytes > 0
    assert found.version.startswith("Valkey ")


def test_without_look_ups_there_is_no_hit_rate(redis: Redis) -> None:
    """Neither 0 nor 1 would be true."""
    assert None is monitor_of(redis).redis_metrics().rows[0].hit_rate


def test_evictions_are_counted(redis: Redis) -> None:
    """Where the memory has a limit and keys may go."""
    redis.command("CONFIG SET", "maxmemory-policy", "allkeys-lru")
    used = monitor_of(redis).redis_metrics().rows[0].memory_bytes
    redis.command("CONFIG SET", "maxmemory", used + 200_000)
    for number in range(100):
        redis.set(f"key {number}", b"x" * 10_000)
    [found] = monitor_of(redis).redis_metrics()
    assert found.evicted_keys > 0
    assert ("allkeys-lru", used + 200_000) == (found.eviction_policy, found.max_memory_bytes)


def test_the_slow_log_shows_no_arguments(redis: Redis) -> None:
    """Of what took long only the command: the rest may be a secret."""
    redis.command("CONFIG SET", "slowlog-log-slower-than", 0)
    redis.set("session hunter2", "hunter2")
    redis.command("CONFIG SET", "slowlog-log-slower-than", -1)
    found = list(monitor_of(redis).slow_log())
    assert "SET" in {entry.command for entry in found}
    assert "hunter2" not in str(found)
    assert found == sorted(found, key=lambda entry: entry.at, reverse=True)
    assert 1 == len(monitor_of(redis).slow_log(limit=1))


def test_a_cluster_is_one_sum() -> None:
    """Over its primaries."""
    with servers.cluster() as nodes, Redis(f"redis://127.0.0.1:{nodes[0].port}/0?cluster=true") as redis:
        for number in range(30):
            redis.set(f"key {number}", 1)
        [found] = monitor_of(redis).redis_metrics()
        assert (3, 30, 30) == (found.nodes, found.keys, found.ops["set"])
        assert monitor_of(redis).slow_log().unavailable is None


async def test_the_asynchronous_one_tells_the_same(redis: Redis) -> None:
    """Of a cluster, too."""
    redis.set("a", 1)
    port = redis.command("CONFIG GET", "port")["port"]
    async with AsyncRedis(f"redis://127.0.0.1:{port}/0") as connection:
        monitor = AsyncMonitor(AsyncDatabase(NOWHERE, lazy=True), connection)
        assert 1 == (await monitor.redis_metrics()).rows[0].keys
    with servers.cluster() as nodes:
        async with AsyncRedis(f"redis://127.0.0.1:{nodes[0].port}/0?cluster=true") as connection:
            monitor = AsyncMonitor(AsyncDatabase(NOWHERE, lazy=True), connection)
            assert 3 == (await monitor.redis_metrics()).rows[0].nodes
            assert (await monitor.slow_log()).unavailable is None


def test_a_user_who_may_not_ask_is_told_so(redis: Redis) -> None:
    """Instead of an error."""
    redis.command("ACL SETUSER", "plain", "on", ">secret", "~*", "+get")
    port = redis.command("CONFIG GET", "port")["port"]
    with Redis(f"redis://127.0.0.1:{port}/0", username="plain", password="secret") as plain:
        for answer in (monitor_of(plain).redis_metrics(), monitor_of(plain).slow_log()):
            assert answer.unavailable is not None
            assert answer.unavailable.startswith("Redis refuses ")


def test_one_in_memory_has_nothing_to_tell() -> None:
    """The fake of tests knows no INFO."""
    with TestRedis(fake=True) as fake:
        assert monitor_of(fake).slow_log().unavailable is not None


def test_what_is_not_there_is_named() -> None:
    """Either server, without an exception; a Redis that was not given is just None."""
    with Redis("redis://127.0.0.1:1/0", max_retries=0) as gone:
        metrics, report = monitor_of(gone).metrics(), monitor_of(gone).report()
    assert {"postgres", "redis"} == set(metrics.unreachable) == set(report.unreachable)
    assert {"postgres"} == set(monitor_of(None).metrics().unreachable)
    assert "the monitor was given no Redis" == monitor_of(None).redis_metrics().unavailable


def test_failed_attempts_to_connect_are_told() -> None:
    """To a handler, until it is taken away."""
    monitor = monitor_of(None)
    seen: list[ConnectionErrorEvent] = []
    stop = monitor.on_connection_error(seen.append)
    monitor.metrics()
    stop()
    before = len(seen)
    monitor.metrics()
    assert (1 <= before, before) == (True, len(seen))
