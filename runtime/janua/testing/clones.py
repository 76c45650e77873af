"""Databases for one test after the other: the next one is made while a test runs, and the last one dropped."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from janua.scratch import ScratchServer


class Clones:
    """
    Copies of a template, on a thread that is the only one to make and drop them.

    Nothing is made ahead for the first test: it may be the only one.
    """

    def __init__(self, scratch: ScratchServer, template: str) -> None:
        self.scratch = scratch
        self._template = template
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="janua-clones")
        self._next: Future[str] | None = None
        self._endings: list[Future[object]] = []
        self._taken = 0

    def take(self) -> str:
        """Return the name of a database that nobody else has."""
        self._taken += 1
        name = (self._next or self._make()).result()
        self._next = self._make() if self._taken > 1 else None
        return name

    def give_back(self, name: str, *, keep: bool = False) -> None:
        """
        Drop the database, or keep it under another name, behind the next test's back.

        What went wrong with an earlier one is raised.
        """
        end: Callable[[str], object] = self.scratch.keep if keep else self.scratch.drop
        self._endings.append(self._worker.submit(end, name))
        while self._endings and self._endings[0].done():
            self._endings.pop(0).result()

    def close(self) -> None:
        """Wait for the rest, and drop what was made ahead."""
        self._worker.shutdown()
        if self._next is not None:
            self.scratch.drop(self._next.result())
        for ending in self._endings:
            ending.result()

    def _make(self) -> Future[str]:
        return self._worker.submit(self.scratch.clone, self._template)
