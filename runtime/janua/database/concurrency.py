"""What the asynchronous and the derived blocking code take from different modules of the standard library."""

from __future__ import annotations

from asyncio import CancelledError as Cancellation
from asyncio import Lock as AsyncLock
from asyncio import current_task
from asyncio import get_running_loop as current_loop
from asyncio import sleep as async_sleep
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator
from inspect import isawaitable
from itertools import islice
from threading import Lock
from time import sleep
from typing import TypeVar

from psycopg.waiting import wait
from psycopg.waiting import wait_async as async_wait

from janua.protocols import CopySource

T = TypeVar("T")

__all__ = [
    "AsyncLock",
    "Cancellation",
    "Lock",
    "NoCancellation",
    "T",
    "async_call",
    "async_cancellations",
    "async_chunks",
    "async_sleep",
    "async_wait",
    "call",
    "cancellations",
    "chunks",
    "current_loop",
    "no_loop",
    "sleep",
    "wait",
]


def no_loop() -> object:
    """Return what threads have in place of an event loop: nothing, and all of them the same."""
    return None


class NoCancellation(BaseException):
    """What threads have in place of a cancellation: never raised."""


def chunks(items: CopySource[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of this size, the last one shorter. Raises TypeError for an asynchronous iterable."""
    if isinstance(items, AsyncIterable):
        raise TypeError("a blocking database takes an iterable; an AsyncDatabase takes asynchronous ones too")
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


async def async_chunks(items: CopySource[T], size: int) -> AsyncIterator[list[T]]:
    """Yield the items in lists of this size, the last one shorter."""
    if not isinstance(items, AsyncIterable):
        for chunk in chunks(items, size):
            yield chunk
        return
    gathered: list[T] = []
    async for item in items:
        gathered.append(item)
        if len(gathered) == size:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def async_cancellations() -> int:
    """
    Return how many cancellations of this task nobody has taken back.

    More of them than before, and the task goes on: ``asyncio.wait_for``, by which psycopg_pool waits, returns
    what came at the same moment as the cancellation, and forgets that, until Python 3.12.
    """
    task = current_task()
    return 0 if task is None else task.cancelling()


def cancellations() -> int:
    """Return 0: threads are not cancelled."""
    return 0


async def async_call(function: Callable[[], Awaitable[object] | object]) -> None:
    """Call the function, and await what it returns where that can be awaited."""
    result = function()
    if isawaitable(result):
        await result


def call(function: Callable[[], object]) -> None:
    """Call the function. Raises TypeError for an asynchronous one, which would never run."""
    result = function()
    if isawaitable(result):
        close = getattr(result, "close", None)
        if close is not None:
            close()
        raise TypeError("an asynchronous function cannot be called from a blocking transaction")
