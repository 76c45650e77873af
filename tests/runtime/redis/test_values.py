"""Typed values in a Redis-protocol server, blocking and asynchronous."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from janua import AlreadyClosed, ConfigError, ServerUnreachable

PASSWORD = "hunter2"


@dataclass
class Session:
    id: UUID
    at: datetime
    price: Decimal
    tags: list[str]


SESSION = Session(UUID(int=1), datetime(2020, 1, 1, tzinfo=UTC), Decimal("1.10"), ["a"])


@pytest.fixture
def redis_class(kind: Any) -> Any:
    """Either of the two classes."""
    return kind.Redis


async def test_a_value_comes_back_as_its_type(redis: Any, settle: Any) -> None:
    """Dataclasses with all that msgspec knows."""
    await settle(redis.set("k", SESSION))
    assert SESSION == await settle(redis.get("k", Session))
    assert await settle(redis.get("other", Session)) is None


async def test_a_value_of_another_shape_is_an_error(redis: Any, settle: Any) -> None:
    """Not a wrong value."""
    await settle(redis.set("k", {"id": 5}))
    with pytest.raises(msgspec.ValidationError):
        await settle(redis.get("k", Session))


async def test_values_expire(redis: Any, settle: Any) -> None:
    """After their time to live, which cannot be nothing."""
    await settle(redis.set("k", 1, ttl=timedelta(milliseconds=20)))
    assert 1 == await settle(redis.get("k", int))
    await asyncio.sleep(0.05)
    assert await settle(redis.get("k", int)) is None
    with pytest.raises(ValueError, match="at least a millisecond"):
        await settle(redis.set("k", 1, ttl=timedelta()))


async def test_deleting_counts_what_was_there(redis: Any, settle: Any) -> None:
    """No keys are no work."""
    await settle(redis.set("a", 1))
    assert 1 == await settle(redis.delete("a", "b"))
    assert 0 == await settle(redis.delete())


async def test_prefixes_keep_users_apart(redis_class: Any, url: str, prefix: str, settle: Any, block: Any) -> None:
    """The same key under another prefix is another value."""
    async with (
        block(redis_class(url, prefix=f"{prefix}one:")) as one,
        block(redis_class(url, prefix=f"{prefix}two:")) as two,
        block(redis_class(url)) as plain,
    ):
        await settle(one.set("k", 1))
        assert await settle(two.get("k", int)) is None
        assert 1 == await settle(plain.get(f"{prefix}one:k", int))


async def test_health_has_version_and_latency(redis: Any, settle: Any) -> None:
    """Of the round trip alone."""
    health = await settle(redis.health())
    assert (True, None) == (health.ok, health.error)
    assert health.latency_ms > 0
    assert int(health.server_version.split(".")[0]) >= 7


async def test_closing_is_final(redis_class: Any, janua_redis_url: str, settle: Any, block: Any) -> None:
    """Every later call says so; closing twice does no harm."""
    async with block(redis_class(janua_redis_url)) as redis:
        await settle(redis.delete("k"))
    await settle(redis.close())
    for call in (
        lambda: redis.get("k", int),
        lambda: redis.set("k", 1),
        lambda: redis.delete("k"),
        redis.health,
    ):
        with pytest.raises(AlreadyClosed):
            await settle(call())


async def test_an_unreachable_server_is_named_without_the_password(redis_class: Any, settle: Any, block: Any) -> None:
    """In the error, in the health and in what is printed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with block(redis_class(f"redis://:{PASSWORD}@127.0.0.1:{port}/3")) as redis:
        with pytest.raises(ServerUnreachable, match=f"Redis at 127.0.0.1:{port}/3: Error 111") as caught:
            await settle(redis.get("k", int))
        health = await settle(redis.health())
        assert not health.ok
        assert PASSWORD not in str(caught.value) + health.error + repr(redis)
        assert caught.value.__cause__ is None


async def test_a_wrong_password_is_not_shown(redis_class: Any, janua_redis_url: str, settle: Any, block: Any) -> None:
    """Though the server answers, it cannot be used."""
    url = janua_redis_url.replace("redis://", f"redis://nobody:{PASSWORD}@")
    async with block(redis_class(url)) as redis:
        with pytest.raises(ServerUnreachable) as caught:
            await settle(redis.get("k", int))
        assert PASSWORD not in str(caught.value)


def test_the_environment_names_the_server(redis_class: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a URL, JANUA_REDIS_URL is taken; without both, the error says what to set."""
    monkeypatch.setenv("JANUA_REDIS_URL", "redis://cache.internal/2")
    assert f"<{redis_class.__name__} cache.internal:6379/2>" == repr(redis_class())
    monkeypatch.delenv("JANUA_REDIS_URL")
    with pytest.raises(ConfigError, match=r"JANUA_REDIS_URL is not set; set it to redis://"):
        redis_class()


@pytest.mark.parametrize("url", [f"http://u:{PASSWORD}@h/0", f"redis://u:{PASSWORD}@h:{PASSWORD}/0"])
def test_an_unreadable_url_is_not_quoted(redis_class: Any, url: str) -> None:
    """Any part of it may belong to the password."""
    with pytest.raises(ConfigError, match="the Redis URL cannot be read") as caught:
        redis_class(url)
    assert PASSWORD not in str(caught.value)
