"""What one consumer hears, decoded: an iterator, or handlers that are called in the background."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from types import TracebackType
from typing import Any, Generic, Self, TypeAlias, TypeVar

import msgspec
from redis.exceptions import RedisError

from janua.errors import AlreadyClosed
from janua.redis._async.connection import AsyncRedis
from janua.redis.concurrency import AsyncSignal, AsyncWorker, Guard
from janua.redis.messages import Arrival, ErrorHandler, Gap, Message, Name, Pending, Undelivered, log_gap

T = TypeVar("T")
Handler: TypeAlias = Callable[[T], Awaitable[None]]

_log = logging.getLogger("janua.redis")


class AsyncSubscription(Generic[T]):
    """
    What is heard on a channel or pattern: an iterator over messages, and gaps between them.

    It ends when it is closed. Made by AsyncPubSub.
    """

    def __init__(
        self,
        redis: AsyncRedis,
        name: Name,
        title: str,
        type: type[T],
        pending: Pending,
        on_error: ErrorHandler,
        drop: Callable[[AsyncSubscription[Any]], Awaitable[None]],
    ) -> None:
        self.name = name
        self._redis = redis
        self._title = title
        self._decoder = msgspec.json.Decoder(type)
        self._pending = pending
        self._on_error = on_error
        self._drop = drop
        self._guard = Guard()
        self._arrived = AsyncSignal()
        self._worker: AsyncWorker | None = None
        self._end: Exception | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._title!r}>"

    async def receive(self, timeout: float | None = None) -> Message[T] | Gap:
        """
        Return the next message or gap, waiting for it at most ``timeout`` seconds.

        Raises TimeoutError where none came, and AlreadyClosed after the end. A message that does not fit the type is
        handed to the error handler and passed over.
        """
        found = await self._take(timeout)
        return found if isinstance(found, Gap) else found[1]

    async def close(self) -> None:
        """End this subscription. May be called twice."""
        await self._drop(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message[T] | Gap:
        try:
            return await self.receive()
        except AlreadyClosed:
            raise StopAsyncIteration from None

    def serve(self, handler: Handler[Message[T]], on_gap: Handler[Gap] | None) -> None:
        """Call the handlers in the background, for each message and gap in its turn."""

        async def work() -> None:
            # What ends it is for those who iterate.
            with suppress(AlreadyClosed, RedisError):
                while True:
                    found = await self._take(None)
                    if not isinstance(found, Gap):
                        await self._handle(handler, *found)
                    elif on_gap is None:
                        log_gap(self._title, found)
                    else:
                        await self._notice(on_gap, found)

        self._worker = AsyncWorker(work, name=f"janua handler of {self._title!r}")

    def put(self, entry: Arrival | Gap) -> None:
        """Add what the consumer will get; never waits."""
        with self._guard:
            if isinstance(entry, Gap):
                self._pending.add_gap(entry)
            else:
                self._pending.add(entry, datetime.now(UTC))
            self._arrived.set()

    def abandon(self, error: Exception) -> None:
        """End it with this error, which its consumer gets."""
        with self._guard:
            self._end = self._end or error
            self._arrived.set()

    async def finish(self) -> None:
        """End it, and wait for its handler."""
        self.abandon(AlreadyClosed(f"the subscription to {self._title!r} has been closed"))
        if self._worker is not None:
            await self._worker.join(self._redis.timeout)

    def check(self) -> None:
        """Raise what it has ended with."""
        if self._end is not None:
            raise self._end.with_traceback(None)

    async def _take(self, timeout: float | None) -> tuple[Arrival, Message[T]] | Gap:
        deadline = None if timeout is None else monotonic() + timeout
        while True:
            entry = self._next()
            if isinstance(entry, Gap):
                return entry
            if entry is not None:
                message = self._decode(entry)
                if message is not None:
                    return entry, message
            elif not await self._arrived.wait(None if deadline is None else max(0.0, deadline - monotonic())):
                raise TimeoutError(f"no message on {self._title!r} within {timeout} seconds")

    def _next(self) -> Arrival | Gap | None:
        with self._guard:
            self.check()
            entry = self._pending.take()
            if entry is None:
                self._arrived.clear()
            return entry

    def _decode(self, arrival: Arrival) -> Message[T] | None:
        try:
            return Message(self._channel(arrival), self._decoder.decode(arrival.payload), self._pattern())
        except (msgspec.MsgspecError, UnicodeError) as error:
            self._fail(arrival, error)
            return None

    async def _handle(self, handler: Handler[Message[T]], arrival: Arrival, message: Message[T]) -> None:
        try:
            await handler(message)
        except Exception as error:
            self._fail(arrival, error)

    async def _notice(self, on_gap: Handler[Gap], gap: Gap) -> None:
        try:
            await on_gap(gap)
        except Exception:
            _log.exception("the handler of gaps of %r failed", self._title)

    def _fail(self, arrival: Arrival, error: Exception) -> None:
        try:
            self._on_error(Undelivered(self._channel(arrival), self._pattern(), arrival.payload, error))
        except Exception:
            _log.exception("the handler of errors failed for a message on %r", self._title)

    def _channel(self, arrival: Arrival) -> str:
        return arrival.channel.decode(errors="replace").removeprefix(self._redis.prefix)

    def _pattern(self) -> str | None:
        return self._title if self.name.is_pattern else None
