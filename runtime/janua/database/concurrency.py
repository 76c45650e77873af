"""What the asynchronous and the derived blocking code take from different modules of the standard library."""

from __future__ import annotations

from asyncio import CancelledError as Cancellation
from asyncio import Lock as AsyncLock
from asyncio import get_running_loop as current_loop
from asyncio import sleep as async_sleep
from threading import Lock
from time import sleep

__all__ = ["AsyncLock", "Cancellation", "Lock", "NoCancellation", "async_sleep", "current_loop", "no_loop", "sleep"]


def no_loop() -> object:
    """Return what threads have in place of an event loop: nothing, and all of them the same."""
    return None


class NoCancellation(BaseException):
    """What threads have in place of a cancellation: never raised."""
