"""Drive a coroutine by hand, so that it is cancelled at exactly the await that is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from typing import Any


class CancelledAt(Awaitable[Any]):
    """
    Awaits a coroutine, which sees a cancellation at the given suspensions, counted from 0.

    As a task's ``cancel`` does, it cancels the future that is waited for. Later numbers hit what the
    coroutine does about the first one. ``suspensions`` says how often it has waited.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, Any], *steps: int) -> None:
        self._coroutine = coroutine
        self._steps = steps
        self.suspensions = 0
        self.hits = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        try:
            future = self._coroutine.send(None)
            while True:
                if self.suspensions in self._steps:
                    self.hits += 1
                    _cancel(future)
                    self.suspensions += 1
                    future = self._coroutine.throw(asyncio.CancelledError())
                    continue
                self.suspensions += 1
                try:
                    value = yield future
                except BaseException as error:
                    future = self._coroutine.throw(error)
                else:
                    future = self._coroutine.send(value)
        except StopIteration as stop:
            return stop.value


def _cancel(future: Any) -> None:
    # A bare yield, as of sleep(0), gives no future.
    if future is not None:
        future._asyncio_future_blocking = False
        future.cancel()
