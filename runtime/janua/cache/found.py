"""What a look into the cache has found: a value that counts, or what stands against keeping one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from redis.exceptions import ResponseError

from janua.cache.stamps import ORIGIN, STAMP, Keys, TableState, head_of
from janua.errors import ServerUnreachable
from janua.querycache import Place, Wanted


class Found:
    """
    One look. ``value`` is what counts at the moment of the look; ``is_past`` says that its ``ttl`` is over, and
    ``lasts`` how many milliseconds it will be there, where that was asked.

    ``is_claimed`` says that nobody else is about to make a new one.
    """

    __slots__ = ("_keys", "_origin", "_tables", "_values", "head", "is_claimed", "is_past", "lasts", "states", "value")

    def __init__(self, keys: Keys, tables: tuple[str, ...], origin: bytes, values: Sequence[bytes | None]) -> None:
        self._keys = keys
        self._tables = tables
        self._origin = origin
        self._values = values
        self.value: bytes | None = None
        self.is_past = False
        self.lasts = 0
        self.is_claimed = False
        self.head = b""
        self.states: list[TableState] = []

    @classmethod
    def of(
        cls,
        wanted: Wanted,
        tables: tuple[str, ...],
        keys: Keys,
        values: Sequence[bytes | None],
        answers: Sequence[Any],
        *,
        claims: bool,
        times: bool,
    ) -> Found:
        """Read the answers to the commands of a look. Raises ServerUnreachable where one is an error."""
        for answer in answers:
            if isinstance(answer, ResponseError):
                raise ServerUnreachable(f"Redis refuses: {answer}")
        found = cls(keys, tables, wanted.place.origin, values)
        entry: bytes | None = answers[0]
        if entry is not None:
            head = found._clean_head()
            if head is not None and entry.startswith(head):
                found.value = entry[len(head) :]
                if times:
                    found.lasts = answers[1]
                if wanted.policy.stale:
                    found.is_past = found.lasts <= wanted.policy.stale * 1000
        if claims:
            found.is_claimed = answers[-1] is not None
        if found.value is None or found.is_past:
            found._parse()
        return found

    def _clean_head(self) -> bytes | None:
        """What an entry begins with that counts now; None where a key is missing or says more than its stamp."""
        stamps = [value for value in self._values if value is not None and len(value) == STAMP]
        if len(stamps) != len(self._tables) or (stamps and not stamps[0].startswith(self._origin)):
            return None
        return head_of(stamps)

    def _parse(self) -> None:
        self.states = [TableState.of(value) if value is not None else TableState(b"") for value in self._values]

    @property
    def is_blocked(self) -> bool:
        """Whether nothing may be used or kept: a write is under way, or the server is not the latest."""
        return any(each.stamp[:ORIGIN] > self._origin for each in self.states) or any(
            each.marks and each.stamp[:ORIGIN] == self._origin for each in self.states
        )

    @property
    def is_unsettled(self) -> bool:
        """Whether it is not known which transactions must have ended."""
        return any(each.horizon is None for each in self.states)

    def unopened(self, place: Place) -> bool:
        """Whether a key is missing, or of an earlier run of the database server's life."""
        return any(each.stamp[:ORIGIN] < place.origin for each in self.states)

    def may_be_kept(self, oldest_running: int) -> bool:
        """Whether an answer counts that shows all transactions before ``oldest_running``; its head is then known."""
        for each in self.states:
            if each.marks or each.horizon is None or each.horizon > oldest_running:
                return False
            if each.stamp[:ORIGIN] != self._origin:
                return False
        self.head = head_of([each.stamp for each in self.states])
        return True

    def learn(self, values: Sequence[Any]) -> None:
        """Take the values that scripts have returned; without one, or with an error, nothing can be kept."""
        if len(values) != len(self._tables):
            raise ServerUnreachable("Redis is another server than a moment ago")
        for value in values:
            if isinstance(value, ResponseError):
                raise ServerUnreachable(f"Redis refuses: {value}")
        before = self.states
        self._values = values
        self._parse()
        for at, state in enumerate(before):
            # Stamps count that were there before the server was asked.
            if state.stamp[:ORIGIN] == self._origin and state.stamp != self.states[at].stamp:
                self.states[at] = TableState(b"")

    def is_of(self, keys: Keys) -> bool:
        """Whether these keys are those of the server that was looked at."""
        return keys.is_same(self._keys)

    def marks(self) -> Iterator[tuple[str, bytes]]:
        """Yield the marks that stand, with their tables."""
        for name, state in zip(self._tables, self.states, strict=False):
            for mark in state.marks:
                yield name, mark
