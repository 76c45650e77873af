"""
What the asynchronous and the derived blocking code do differently: locks, signals, and work in the background.

The blocking ones are for threads, the asynchronous ones for tasks of one event loop. A ``Guard`` is held for moments
in which nothing is waited for, in both.
"""

from __future__ import annotations

import asyncio
import threading
from asyncio import Lock as AsyncLock
from asyncio import Semaphore as AsyncSemaphore
from asyncio import get_running_loop as current_loop
from collections.abc import Callable, Coroutine
from contextlib import suppress
from threading import Lock, Semaphore
from threading import Lock as Guard
from typing import Any

from redis.exceptions import TimeoutError as RedisTimeout

__all__ = [
    "AsyncLock",
    "AsyncSemaphore",
    "AsyncSignal",
    "AsyncWorker",
    "Guard",
    "Lock",
    "Semaphore",
    "Signal",
    "Worker",
    "arrival",
    "async_arrival",
    "current_loop",
    "no_loop",
]


def no_loop() -> object:
    """Return what threads have in place of an event loop: all of them the same."""
    return None


async def async_arrival(connection: Any, timeout: float) -> Any:
    """Return what redis-py's connection receives within so many seconds, None where that is nothing."""
    try:
        return await connection.read_response(timeout=timeout, disconnect_on_error=False)
    except RedisTimeout:
        return None


def arrival(connection: Any, timeout: float) -> Any:
    """Return what redis-py's connection receives within so many seconds, None where that is nothing."""
    return connection.read_response() if connection.can_read(timeout) else None


class AsyncSignal:
    """Something that happened, or has not yet."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """It has happened: whoever waits goes on."""
        self._event.set()

    def clear(self) -> None:
        """It has not happened (any more)."""
        self._event.clear()

    async def wait(self, timeout: float | None = None) -> bool:
        """Wait until it happens; False where it did not within ``timeout`` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._event.wait()
        return self._event.is_set()


class Signal:
    """Something that happened, or has not yet."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """It has happened: whoever waits goes on."""
        self._event.set()

    def clear(self) -> None:
        """It has not happened (any more)."""
        self._event.clear()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it happens; False where it did not within ``timeout`` seconds."""
        return self._event.wait(timeout)


class AsyncWorker:
    """A task in the background."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        self._task = asyncio.create_task(work(), name=name)

    async def join(self, timeout: float) -> None:
        """Wait for its end, and cancel it after ``timeout`` seconds. Asked by itself, does nothing."""
        if self._task is asyncio.current_task():
            return
        _, late = await asyncio.wait([self._task], timeout=timeout)
        if late:
            self._task.cancel()
            await asyncio.wait([self._task])


class Worker:
    """A thread in the background, which does not keep the process from ending."""

    def __init__(self, work: Callable[[], None], name: str) -> None:
        self._thread = threading.Thread(target=work, name=name, daemon=True)
        self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait for its end, at most ``timeout`` seconds. Asked by itself, does nothing."""
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)
