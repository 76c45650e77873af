"""Where a process stops in the middle of a step, until it is let go on or killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

ANSWERED = "answered"
"""A read has its answer from the server, and the cache has not got it yet."""
COMMITTING = "committing"
"""COMMIT, or a statement that is committed by itself, is about to be sent."""
COMMITTED = "committed"
"""It has been answered, and nothing has been done after that."""


class Gate:
    """Stops the next step at the place that was asked for."""

    def __init__(self, answers: SimpleQueue[list[Any]]) -> None:
        self._answers = answers
        self._may_go = threading.Event()
        self.place = ""

    def go(self) -> None:
        """Let the step go on."""
        self._may_go.set()

    def reach(self, place: str) -> None:
        """Stop here, if that was asked for."""
        if place == self.place:
            self.place = ""
            self._may_go.clear()
            self._answers.put(["paused"])
            self._may_go.wait()

    def around(self, owner: Any, name: str, before: str = "", after: str = "") -> None:
        """Stop before or after each call of a function."""
        function: Callable[..., Any] = getattr(owner, name)

        def called(*args: Any, **keywords: Any) -> Any:
            if before:
                self.reach(before)
            result = function(*args, **keywords)
            if after:
                self.reach(after)
            return result

        setattr(owner, name, called)
