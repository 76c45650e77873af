# Derived from runtime/janua/cache/_async/invalidations.py by tools/derive_sync.py; do not edit.
"""The writer's side: marks before a transaction is committed, and new stamps after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from janua.cache._sync.roundtrips import RoundTrips
from janua.cache.stamps import CLEAR, KEPT_MS, MARK, OPEN, Keys, mark_of, new_stamp
from janua.cache.statistics import CacheStats
from janua.cache.trips import Command
from janua.database.concurrency import sleep
from janua.errors import InvalidationFailed, ServerUnreachable
from janua.query import EVERYTHING
from janua.querycache import Place, Writer
from janua.redis.concurrency import Guard, Worker

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class TableMarks:
    """Marks of one transaction, on some tables. Not ``is_placed``, where Redis could not be told."""

    place: Place
    tables: tuple[str, ...]
    mark: bytes
    is_placed: bool


class Invalidations:
    """
    Tells Redis of writes. What could not be delivered is tried again in the background until it is.

    Until then, this process keeps nothing of the tables and uses nothing that depends on them.
    """

    def __init__(self, trips: RoundTrips, stats: CacheStats, *, strict: bool) -> None:
        self._trips = trips
        self._stats = stats
        self._strict = strict
        self._guard = Guard()
        self._waiting: list[TableMarks] = []
        self._held: list[TableMarks] = []
        self._worker: Worker | None = None
        self._is_closed = False

    def concern(self, tables: Sequence[str]) -> bool:
        """Return True while Redis has yet to be told of a write to one of the tables."""
        if not self._waiting and not self._held:
            return False
        with self._guard:
            return any(not set(each.tables).isdisjoint(tables) for each in (*self._waiting, *self._held))

    def mark(self, writer: Writer, tables: Sequence[str]) -> TableMarks:
        """Place the marks. Raises InvalidationFailed where that fails and the cache is strict."""
        self._stats.writes += 1
        marks = TableMarks(writer.place, tuple(tables), mark_of(writer), True)
        try:
            self._change(MARK, marks, anyway=self._strict)
        except (ServerUnreachable, ResponseError) as error:
            if self._strict:
                raise InvalidationFailed(
                    "the cache cannot be told of what the transaction writes, so it was rolled back"
                ) from error
            marks = TableMarks(marks.place, marks.tables, marks.mark, False)
            with self._guard:
                self._held.append(marks)
        return marks

    def clear(self, marks: TableMarks) -> None:
        """Replace the stamps and remove the marks: now, or as soon as Redis answers."""
        try:
            self._change(CLEAR, marks)
        except (ServerUnreachable, ResponseError):
            self._retry(marks)
        else:
            with self._guard:
                self._held = [each for each in self._held if each is not marks]

    def renew(self, place: Place, tables: Sequence[str]) -> None:
        """Replace the stamps of tables that somebody else has written. Raises ServerUnreachable."""
        try:
            self._change(CLEAR, TableMarks(place, tuple(tables), b"", True), anyway=True)
        except ResponseError as error:
            raise ServerUnreachable(f"Redis refuses to forget: {error}") from None

    def close(self) -> None:
        """Stop trying."""
        self._is_closed = True
        if self._worker is not None:
            self._worker.join(_LONGEST_PAUSE)

    def _change(self, script: Any, marks: TableMarks, *, anyway: bool = False) -> None:
        stamp = new_stamp(marks.place)

        def build(keys: Keys) -> list[Command]:
            names = keys.tables(marks.place, marks.tables)
            # Whoever comes first from a server that was promoted, or has crashed, outdates all that was read before.
            run: Command = (OPEN, keys.table(marks.place, *EVERYTHING), stamp, KEPT_MS)
            return [run, *((script, name, stamp, marks.mark, KEPT_MS) for name in names)]

        for answer in (self._trips(build, anyway=anyway)).answers:
            if isinstance(answer, ResponseError):
                raise answer

    def _retry(self, marks: TableMarks) -> None:
        with self._guard:
            self._held = [each for each in self._held if each is not marks]
            self._waiting.append(marks)
            self._stats.undelivered = len(self._waiting)
            if self._worker is None and not self._is_closed:
                self._worker = Worker(self._deliver, "janua-cache-invalidations")

    def _deliver(self) -> None:
        pause = _FIRST_PAUSE
        while not self._is_closed:
            with self._guard:
                if not self._waiting:
                    self._worker = None
                    return
                marks = self._waiting[0]
            try:
                self._change(CLEAR, marks, anyway=True)
            except (ServerUnreachable, ResponseError):
                sleep(pause)
                pause = min(_LONGEST_PAUSE, 2 * pause)
                continue
            with self._guard:
                self._waiting.remove(marks)
                self._stats.undelivered = len(self._waiting)
