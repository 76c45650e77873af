"""Redis, used rightly: what comes back has the type that was asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_type

from janua.redis import (
    GCRA,
    AsyncPubSub,
    AsyncRateLimiter,
    AsyncRedis,
    AsyncSessionStore,
    AsyncSubscription,
    Decision,
    Gap,
    Message,
    PubSub,
    RateLimiter,
    Redis,
    Session,
    SessionStore,
    SlidingWindow,
    Subscription,
)
from janua.testing import TestRedis


@dataclass
class Visit:
    pages: int


def sessions(redis: Redis) -> None:
    """A store's data have one type."""
    store = SessionStore(redis, Visit)
    assert_type(store.get("id"), Session[Visit] | None)
    assert_type(store.touch("id"), Session[Visit] | None)
    assert_type(store.user_sessions("ada"), list[Session[Visit]])
    assert_type(store.modify("id", lambda visit: replace(visit, pages=2)), Visit | None)
    assert_type(store.rotate(store.create(Visit(1))), str | None)
    assert_type(SessionStore(redis, dict[str, int]).get("id"), Session[dict[str, int]] | None)


async def awaited_sessions(redis: AsyncRedis) -> None:
    """The same, awaited."""
    store = AsyncSessionStore(redis, Visit)
    assert_type(await store.get("id"), Session[Visit] | None)
    assert_type(await store.modify("id", lambda visit: replace(visit, pages=2)), Visit | None)


def handle(message: Message[Visit]) -> None:
    """A handler."""


async def handle_later(message: Message[Visit]) -> None:
    """An asynchronous handler."""


def messages(pubsub: PubSub) -> None:
    """A subscription has one type, and gaps."""
    subscription = pubsub.subscribe("c", Visit)
    assert_type(subscription, Subscription[Visit])
    assert_type(subscription.receive(), Message[Visit] | Gap)
    for event in subscription:
        if isinstance(event, Message):
            assert_type(event.data, Visit)
    pubsub.psubscribe("c*", Visit, handle)


async def awaited_messages(pubsub: AsyncPubSub) -> None:
    """The same, awaited."""
    subscription = await pubsub.subscribe("c", Visit)
    assert_type(subscription, AsyncSubscription[Visit])
    async for event in subscription:
        assert_type(event, Message[Visit] | Gap)
    await pubsub.psubscribe("c*", Visit, handle_later)


async def limits(redis: Redis, aredis: AsyncRedis) -> None:
    """Both kinds decide alike."""
    limit = SlidingWindow(1, timedelta(seconds=1))
    assert_type(RateLimiter(redis, limit).consume("k"), Decision)
    assert_type(await AsyncRateLimiter(aredis, limit, GCRA(1, timedelta(seconds=1))).check("k"), Decision)


def tests() -> None:
    """A test's Redis is one."""
    with TestRedis(fake=True) as redis:
        assert_type(redis, TestRedis)
        assert_type(redis.get("k", Visit), Visit | None)
