# Derived from runtime/janua/cache/_async/remembering.py by tools/derive_sync.py; do not edit.
"""What ``remember`` does in place of a server that runs a statement: it calls a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from janua.cache.stamps import NOWHERE
from janua.cache.values import packed
from janua.querycache import Answer, Knows, Place, Settle, Writer

T = TypeVar("T")


class Remembering(Generic[T]):
    """One call of a function whose result is to be kept. ``database`` is what it reads; None: no table."""

    def __init__(self, database: Knows | None, fn: Callable[[], T]) -> None:
        self._database = database
        self._fn = fn
        self._place: Place | None = NOWHERE
        self._result: list[T] = []

    def place(self) -> Place | None:
        """Return where the value comes from; None where nothing from there can be kept."""
        if self._database is not None:
            snapshot = self._database.snapshot()
            self._place = snapshot.place if snapshot is not None else None
        return self._place

    def result(self) -> T:
        """Return what the function has returned."""
        return self._result[0]

    def answer(self, settle: Settle | None) -> Answer:
        """Call the function. Before it, see which transactions have ended: it must show what they wrote."""
        if self._database is None:
            self._result = [self._fn()]
            return Answer(packed(self._result[0]), self._place)
        if settle is not None:
            settle(self._database.new_xid())
        snapshot = self._database.snapshot()
        self._result = [self._fn()]
        if snapshot is None or snapshot.place != self._place:
            return Answer(None)
        return Answer(packed(self._result[0]), snapshot.place, snapshot.oldest_running)

    def has_ended(self, writer: Writer) -> bool:
        """Ask the database what became of a transaction."""
        return self._database is not None and self._database.has_ended(writer)
