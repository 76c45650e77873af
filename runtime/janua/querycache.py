"""
What a database asks of a cache. The database is given one and knows nothing else of it: see ``janua.cache``.

Both sides share the types of this module: where an answer comes from, what is kept, and who is about to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from janua.query import CachePolicy


@dataclass(frozen=True, slots=True)
class Place:
    """
    Whose rows are kept: of which database, in which run of its server's life.

    ``origin`` has 12 bytes that compare like the time: the timeline, and when the server has last recovered from
    a crash. After a promotion or a crash, what was read before may never have been committed.
    """

    database: bytes
    origin: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where it was seen that all transactions before ``oldest_running`` have ended."""

    place: Place
    oldest_running: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """An answer by its ``key`` (which holds all that it depends on), with the policy by which it is kept."""

    place: Place
    key: bytes
    policy: CachePolicy


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a server has answered, as bytes, None where that must not be kept.

    ``oldest_running`` is the first transaction that had not ended when the statement began.
    """

    value: bytes | None
    place: Place | None = None
    oldest_running: int = 0


@dataclass(frozen=True, slots=True)
class Writer:
    """A transaction that is about to be committed: its id (0 where it is not known), and the server's process."""

    place: Place
    xid: int
    pid: int
    started: int


class Settle(Protocol):
    """Told an id that no transaction has had that began before, before the statement is run."""

    def __call__(self, new_xid: int, /) -> None: ...


class AsyncSettle(Protocol):
    """The same, awaited."""

    async def __call__(self, new_xid: int, /) -> None: ...


class Asks(Protocol):
    """What the database does for the cache: run the statement, and say what became of a writer."""

    def answer(self, settle: Settle | None, /) -> Answer:
        """Run the statement now; with ``settle``, take a transaction's id first, and tell it."""
        ...

    def has_ended(self, writer: Writer, /) -> bool:
        """Return True where the transaction is known to be committed or rolled back."""
        ...


class AsyncAsks(Protocol):
    """The same, awaited."""

    async def answer(self, settle: AsyncSettle | None, /) -> Answer:
        """Run the statement now; with ``settle``, take a transaction's id first, and tell it."""
        ...

    async def has_ended(self, writer: Writer, /) -> bool:
        """Return True where the transaction is known to be committed or rolled back."""
        ...


class Marking(Protocol):
    """Marks that stand in the cache, for ``clear``; not ``is_placed``, where it could not be told yet."""

    @property
    def is_placed(self) -> bool:
        """Whether the marks are there."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """On which tables."""
        ...


class Knows(Protocol):
    """A database that a cache belongs to."""

    def snapshot(self) -> Snapshot | None:
        """Return which transactions have ended by now; None where nothing of the database can be kept."""
        ...

    def new_xid(self) -> int:
        """Return an id that is higher than those of all transactions that have one now."""
        ...

    def has_ended(self, writer: Writer, /) -> bool:
        """Return True where the transaction is known to be committed or rolled back."""
        ...


class AsyncKnows(Protocol):
    """The same, awaited."""

    async def snapshot(self) -> Snapshot | None:
        """Return which transactions have ended by now; None where nothing of the database can be kept."""
        ...

    async def new_xid(self) -> int:
        """Return an id that is higher than those of all transactions that have one now."""
        ...

    async def has_ended(self, writer: Writer, /) -> bool:
        """Return True where the transaction is known to be committed or rolled back."""
        ...


class QueryCache(Protocol):
    """A cache of answers, as ``Database`` takes it."""

    def attach(self, database: Knows, /) -> None:
        """Know of a database that uses the cache."""
        ...

    def read(self, wanted: Wanted, asks: Asks, /) -> bytes | None:
        """Return what is kept, or None after having the statement run."""
        ...

    def mark(self, writer: Writer, tables: Sequence[str], /) -> Marking | None:
        """Have nobody use what depends on these tables. Raises InvalidationFailed where that is not possible."""
        ...

    def clear(self, marking: Marking, /) -> None:
        """The transaction has ended: what depends on its tables may be kept again, anew."""
        ...

    def invalidate(self, tables: Sequence[str] | None = None, /) -> None:
        """Forget what depends on these tables, or on any. Raises ServerUnreachable."""
        ...


class AsyncQueryCache(Protocol):
    """The same, awaited, as ``AsyncDatabase`` takes it."""

    def attach(self, database: AsyncKnows, /) -> None:
        """Know of a database that uses the cache."""
        ...

    async def read(self, wanted: Wanted, asks: AsyncAsks, /) -> bytes | None:
        """Return what is kept, or None after having the statement run."""
        ...

    async def mark(self, writer: Writer, tables: Sequence[str], /) -> Marking | None:
        """Have nobody use what depends on these tables. Raises InvalidationFailed where that is not possible."""
        ...

    async def clear(self, marking: Marking, /) -> None:
        """The transaction has ended: what depends on its tables may be kept again, anew."""
        ...

    async def invalidate(self, tables: Sequence[str] | None = None, /) -> None:
        """Forget what depends on these tables, or on any. Raises ServerUnreachable."""
        ...
