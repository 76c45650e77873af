"""A Redis for one test: embedded, given, or in memory."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from janua import ConfigError
from janua.redis import (
    GCRA,
    AsyncPubSub,
    AsyncRateLimiter,
    AsyncSessionStore,
    PubSub,
    RateLimiter,
    Redis,
    SessionStore,
    SlidingWindow,
)
from janua.testing import AsyncTestRedis, TestRedis, servers

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=[False, True], ids=["server", "fake"])
def own(request: pytest.FixtureRequest, janua_redis_url: str) -> Callable[[Any], Any]:
    """What makes either class, on a server or in memory."""

    def make(cls: Any) -> Any:
        return cls(fake=True) if request.param else cls(janua_redis_url)

    return make


@pytest.fixture
async def aredis(own: Any) -> AsyncIterator[AsyncTestRedis]:
    """The asynchronous one."""
    async with own(AsyncTestRedis) as redis:
        yield redis


def test_everything_works_on_it(own: Any) -> None:
    """Values, sessions, rate limits and messages: in memory as on a server."""
    with own(TestRedis) as redis, PubSub(redis) as pubsub:
        redis.set("k", 1)
        assert 1 == redis.get("k", int)
        assert redis.health().ok
        sessions = SessionStore(redis, str)
        identifier = sessions.create("data", "ada")
        assert sessions.touch(identifier) == sessions.get(identifier)
        assert 1 == len(sessions.user_sessions("ada"))
        assert sessions.get(sessions.rotate(identifier) or "") is not None
        assert 1 == sessions.destroy_all("ada")
        limiter = RateLimiter(redis, SlidingWindow(2, MINUTE), GCRA(60, MINUTE, burst=3))
        assert [True, True, False] == [limiter.consume("ada").allowed for _ in range(3)]
        subscription = pubsub.subscribe("c", int)
        pubsub.publish("c", 1)
        message: Any = subscription.receive(5)
        assert 1 == message.data


async def test_everything_works_on_it_asynchronously(aredis: AsyncTestRedis) -> None:
    """The same, awaited."""
    await aredis.set("k", 1)
    assert 1 == await aredis.get("k", int)
    sessions = AsyncSessionStore(aredis, str)
    identifier = await sessions.create("data", "ada")
    assert await sessions.touch(identifier) == await sessions.get(identifier)
    limiter = AsyncRateLimiter(aredis, SlidingWindow(1, MINUTE), GCRA(60, MINUTE, burst=3))
    assert [True, False] == [(await limiter.consume("ada")).allowed for _ in range(2)]
    async with AsyncPubSub(aredis) as pubsub:
        subscription = await pubsub.psubscribe("c*", int)
        await pubsub.publish("c", 1)
        message: Any = await subscription.receive(5)
        assert 1 == message.data


def test_each_begins_empty(own: Any) -> None:
    """Two at once do not see each other."""
    with own(TestRedis) as one, own(TestRedis) as two:
        one.set("k", 1)
        assert two.get("k", int) is None


def test_nothing_is_left_behind(janua_redis_url: str) -> None:
    """Neither after the end nor after it was cleared; others' keys stay."""
    with TestRedis(janua_redis_url, prefix="app:") as redis, TestRedis(janua_redis_url) as other:
        other.set("k", 1)
        own = redis.prefix.removesuffix("app:")
        redis.set("a", 1)
        redis.clear()
        assert redis.get("a", int) is None
        redis.set("b", 1)
        redis.close()
        redis.close()
        assert 1 == other.get("k", int)
    with Redis(janua_redis_url) as plain:
        assert [] == plain.command("KEYS", f"{own}*")


def test_the_server_starts_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of a project too, where it leaves nothing behind."""
    monkeypatch.delenv("JANUA_REDIS_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with TestRedis() as redis:
        redis.set("k", 1)
        assert 1 == redis.get("k", int)
    assert [] == list(tmp_path.iterdir())


def test_the_environment_names_the_server(janua_redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the fixtures."""
    monkeypatch.setenv("JANUA_REDIS_URL", janua_redis_url)
    with TestRedis() as redis:
        assert redis._address in janua_redis_url


def test_a_fake_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing else needs it."""

    def missing(name: str) -> Any:
        raise ModuleNotFoundError(name, name=name)

    monkeypatch.setattr(servers, "import_module", missing)
    with pytest.raises(ConfigError, match=r"pip install 'janua-database\[fake\]'"):
        TestRedis(fake=True)


def test_the_plugin_has_one(janua_redis: TestRedis) -> None:
    """As a fixture."""
    janua_redis.set("k", 1)
    assert 1 == janua_redis.get("k", int)


async def test_the_plugin_has_an_asynchronous_one(janua_aredis: AsyncTestRedis) -> None:
    """As a fixture, in the way of the plugin for asynchronous tests."""
    await janua_aredis.set("k", 1)
    assert 1 == await janua_aredis.get("k", int)
