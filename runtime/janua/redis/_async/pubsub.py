"""Typed messages between processes."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from janua.errors import AlreadyClosed
from janua.redis._async.connection import AsyncRedis
from janua.redis._async.listener import AsyncListener
from janua.redis._async.subscription import AsyncSubscription, Handler
from janua.redis.concurrency import Guard
from janua.redis.messages import (
    Arrival,
    ErrorHandler,
    Gap,
    Message,
    Name,
    Pending,
    channel_name,
    log_undelivered,
    pattern_name,
)

T = TypeVar("T")


class AsyncPubSub:
    """
    Messages of any type that msgspec encodes, as JSON, on channels under the prefix of the Redis object.

    Delivery is Redis's: at most once, to those who listen at that moment. What can be known about losses is told:
    after a lost connection is back, and where a consumer was too slow, its subscription gets a ``Gap``. A message
    that does not fit the subscription's type, or that a handler failed on, goes to ``on_error``, which by default
    logs that it happened. Close it to end the background work; the Redis object stays open.
    """

    def __init__(self, redis: AsyncRedis, *, on_error: ErrorHandler = log_undelivered) -> None:
        self._redis = redis
        self._on_error = on_error
        self._subscriptions: dict[Name, list[AsyncSubscription[Any]]] = {}
        self._listener = AsyncListener(redis, self._deliver, self._lose, self._refuse)
        self._guard = Guard()
        self._closed = False

    async def publish(self, channel: str, message: object) -> int:
        """
        Send a message and return how many connections got it (in a cluster, of the node that was asked).

        Where the connection breaks it is sent again, and may then arrive twice.
        """
        self._check_open()
        payload = msgspec.json.encode(message)
        return int(await self._redis.publish(self._redis.prefix + channel, payload))

    async def subscribe(
        self,
        channel: str,
        type: type[T],
        handler: Handler[Message[T]] | None = None,
        *,
        on_gap: Handler[Gap] | None = None,
        max_pending: int = 1000,
    ) -> AsyncSubscription[T]:
        """
        Hear a channel's messages from the time that this returns.

        With a ``handler``, it is called for each, one after the other, in the background, and ``on_gap`` for gaps
        (which are logged by default); otherwise iterate over the subscription. At most ``max_pending`` messages wait
        for the consumer. Raises ServerUnreachable where the server does not confirm in time, and redis-py's
        NoPermissionError where it refuses.
        """
        name = channel_name(self._redis.prefix, channel)
        return await self._add(name, channel, type, handler, on_gap, max_pending)

    async def psubscribe(
        self,
        pattern: str,
        type: type[T],
        handler: Handler[Message[T]] | None = None,
        *,
        on_gap: Handler[Gap] | None = None,
        max_pending: int = 1000,
    ) -> AsyncSubscription[T]:
        """Hear all channels that match a pattern (``*``, ``?``, ``[ab]``); otherwise like ``subscribe``."""
        name = pattern_name(self._redis.prefix, pattern)
        return await self._add(name, pattern, type, handler, on_gap, max_pending)

    async def unsubscribe(self, channel: str) -> None:
        """End all subscriptions to this channel."""
        await self._end(channel_name(self._redis.prefix, channel))

    async def punsubscribe(self, pattern: str) -> None:
        """End all subscriptions to this pattern."""
        await self._end(pattern_name(self._redis.prefix, pattern))

    async def close(self) -> None:
        """End all subscriptions; a handler that is running is waited for, up to ``timeout``. May be called twice."""
        self._closed = True
        await self._listener.close()
        for name in list(self._subscriptions):
            await self._end(name)

    async def __aenter__(self) -> Self:
        self._check_open()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _add(
        self,
        name: Name,
        title: str,
        type: type[T],
        handler: Handler[Message[T]] | None,
        on_gap: Handler[Gap] | None,
        max_pending: int,
    ) -> AsyncSubscription[T]:
        self._check_open()
        if max_pending < 1:
            raise ValueError("max_pending must be at least 1")
        subscription = AsyncSubscription(
            self._redis, name, title, type, Pending(max_pending), self._on_error, self._drop
        )
        with self._guard:
            self._subscriptions.setdefault(name, []).append(subscription)
        try:
            await self._listener.subscribe(name)
        except BaseException:
            self._forget(subscription)
            raise
        subscription.check()
        if handler is not None:
            subscription.serve(handler, on_gap)
        return subscription

    async def _end(self, name: Name) -> None:
        for subscription in list(self._subscriptions.get(name, ())):
            await self._drop(subscription)

    async def _drop(self, subscription: AsyncSubscription[Any]) -> None:
        if self._forget(subscription):
            await self._listener.unsubscribe(subscription.name)
        await subscription.finish()

    def _forget(self, subscription: AsyncSubscription[Any]) -> bool:
        """Return whether it was still known."""
        with self._guard:
            known = self._subscriptions.get(subscription.name, [])
            if subscription not in known:
                return False
            known.remove(subscription)
            if not known:
                del self._subscriptions[subscription.name]
            return True

    def _deliver(self, name: Name, arrival: Arrival) -> None:
        for subscription in list(self._subscriptions.get(name, ())):
            subscription.put(arrival)

    def _lose(self, name: Name, gap: Gap) -> None:
        for subscription in list(self._subscriptions.get(name, ())):
            subscription.put(gap)

    def _refuse(self, name: Name, error: Exception) -> None:
        with self._guard:
            refused = self._subscriptions.pop(name, [])
        for subscription in refused:
            subscription.abandon(error)

    def _check_open(self) -> None:
        if self._closed:
            raise AlreadyClosed(f"the messages of {self._redis!r} have been closed; make a new PubSub")
