"""Whom a migrator tells how far it is: a log, or whatever the caller shows."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter
from typing import Protocol

_LOGGER = logging.getLogger("janua.migrations")


class StepShown(Protocol):
    """One migration on its way."""

    def note(self, text: str, /) -> None:
        """Show what is going on, as waiting for a lock; an empty text takes it away."""


class ProgressShown(Protocol):
    """What shows the migrations, one after the other."""

    def step(self, label: str, /) -> AbstractContextManager[StepShown]:
        """Show one for as long as the block runs."""


class _LoggedStep:
    def __init__(self, label: str) -> None:
        self._label = label

    def note(self, text: str, /) -> None:
        if text:
            _LOGGER.info("%s: %s", self._label, text)


class LoggedProgress:
    """Tells the log ``janua.migrations`` of each migration, with its time, and of what it waits for."""

    @contextmanager
    def step(self, label: str, /) -> Iterator[StepShown]:
        """Log the end of the block, where it is reached."""
        start = perf_counter()
        yield _LoggedStep(label)
        _LOGGER.info("%s: done in %.0f ms", label, (perf_counter() - start) * 1000)
