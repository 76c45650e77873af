"""How what blocks is called by either twin: in a thread, so that an event loop goes on, or here."""

from __future__ import annotations

from asyncio import to_thread as in_thread
from collections.abc import Callable
from typing import ParamSpec, TypeVar

__all__ = ["in_this_thread", "in_thread"]

P = ParamSpec("P")
R = TypeVar("R")


def in_this_thread(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call the function."""
    return function(*args, **kwargs)
