"""
The keys of tables: what their values say, and the scripts that change them. Nothing here talks to a server.

A value begins with a random stamp. Answers are kept with the stamps of their tables, and count only as long as these
are the same. Never a counter: one that was evicted would begin again, and revive what was kept long ago.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from os import urandom

from janua.cache.values import VALUE
from janua.errors import ConfigError
from janua.query import EVERYTHING
from janua.querycache import Place, Wanted, Writer
from janua.redis.scripts import load_script

STAMP = 28
ORIGIN = 12
COUNT = 2
_RANDOM = STAMP - ORIGIN
_RUN = 32
# A prefix with a hash tag: for Redis, what is between the first brace and the next one that closes, if anything.
_TAG = re.compile(r"[^{]*\{[^}]+\}")
# Losing a key is safe at any time: it only has to outlive most of what is kept.
KEPT_MS = 7 * 24 * 3600 * 1000

_PACKAGE = "janua.cache"
OPEN = load_script("stamps", "open", package=_PACKAGE)
SETTLE = load_script("stamps", "settle", package=_PACKAGE)
MARK = load_script("stamps", "mark", package=_PACKAGE)
CLEAR = load_script("stamps", "clear", package=_PACKAGE)
IDENTIFY = load_script("identify", package=_PACKAGE)


def head_of(stamps: Sequence[bytes]) -> bytes:
    """Return what an entry begins with: how many tables it depends on, and their stamps."""
    return len(stamps).to_bytes(COUNT) + b"".join(stamps)


NOWHERE = Place(b"", b"\0" * ORIGIN)
"""Of values that depend on no table."""


def new_stamp(place: Place) -> bytes:
    """Return a stamp that was never there."""
    return place.origin + urandom(_RANDOM)


@dataclass(frozen=True, slots=True)
class TableState:
    """
    What a table's key says.

    Nothing is kept before all transactions below ``horizon`` have ended; None where that has yet to be asked. ``marks``
    are of those that are about to be committed.
    """

    stamp: bytes
    horizon: int | None = 0
    marks: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, value: bytes) -> TableState:
        """Read the value of a key."""
        horizon: int | None = 0
        marks: list[bytes] = []
        for section in value[STAMP:].split(b";")[1:]:
            if section.startswith(b"m"):
                marks.append(b";" + section)
            elif section.startswith(b"h"):
                horizon = None if section == b"h?" else int(section[1:])
        return cls(value[:STAMP], horizon, tuple(marks))


def mark_of(writer: Writer) -> bytes:
    """Return the mark of a transaction. It is the only one of its kind, also where the transaction is not known."""
    place = writer.place
    parts = (place.database.decode(), place.origin.hex(), writer.xid, writer.pid, writer.started, urandom(8).hex())
    return (";m" + ",".join(map(str, parts))).encode()


def writer_of(mark: bytes) -> Writer:
    """Return whose mark it is."""
    database, origin, xid, pid, started, _ = mark[2:].decode().split(",")
    return Writer(Place(database.encode(), bytes.fromhex(origin)), int(xid), int(pid), int(started))


def tables_of(wanted: Wanted) -> tuple[str, ...]:
    """Return the tables on which an answer depends, with the key that stands for all of them first."""
    return (*EVERYTHING, *wanted.policy.reads) if wanted.place.database else ()


def new_run_name() -> str:
    """Return a name that was never there."""
    return urandom(_RUN // 2).hex()


class Keyspace:
    """
    What is before the run's name in keys: all begin with ``prefix``.

    On a cluster, the tables' keys and ``run`` are in one slot, by a hash tag, and the others in a slot each, unless the
    prefix has a tag of its own, which then holds for all.
    """

    def __init__(self, prefix: str, *, is_cluster: bool = False) -> None:
        """Raises ConfigError for a prefix on a cluster with a brace that begins no hash tag."""
        self.is_spread = is_cluster and not _TAG.match(prefix)
        if self.is_spread and "{" in prefix:
            raise ConfigError("a brace in the prefix of a cache on a cluster must begin a hash tag, as in {shop}:")
        self.entries = prefix.encode()
        tag = b"{%s}" % blake2b(self.entries, digest_size=4).hexdigest().encode() if self.is_spread else b""
        self.tables = self.entries + tag
        self.run = self.tables + b"run"
        """The key that names the run of the Redis server's life."""


class Keys:
    """
    The names of keys in one run of a Redis server's life.

    ``run`` is the key that says which run it is, and ``run_value`` what it must say for the other names to hold.
    """

    def __init__(self, space: Keyspace, run_value: bytes) -> None:
        self.run = space.run
        self.run_value = run_value
        # Of values on other nodes, the tables' node tells nothing.
        self.are_values_told = not space.is_spread
        name = run_value[:_RUN] + b":"
        self._tables = space.tables + name
        self._entry, self._claim = (
            space.entries.replace(b"%", b"%%") + name + form
            for form in ((b"q:{%s}", b"c:{%s}") if space.is_spread else (b"q:%s", b"c:%s"))
        )

    @property
    def told(self) -> tuple[bytes, ...]:
        """What the keys begin with whose changes end what is kept. Not answers: those end with their tables."""
        begins = [self.run, self._tables + b"t:"]
        return (*begins, self.entry(VALUE)) if self.are_values_told else tuple(begins)

    def is_same(self, other: Keys) -> bool:
        """Return True where both are of the same run of the same server."""
        return self._tables == other._tables

    def table(self, place: Place, name: str) -> bytes:
        """Return the key of a table's stamp and marks."""
        return b"%st:%s:%s" % (self._tables, place.database, name.encode())

    def tables(self, place: Place, names: Sequence[str]) -> list[bytes]:
        """Return the keys of several tables."""
        return [self.table(place, name) for name in names]

    def entry(self, key: bytes) -> bytes:
        """Return the key under which an answer or a value is kept."""
        return self._entry % key

    def claim(self, key: bytes) -> bytes:
        """Return the key that says that somebody is about to make what is missing; in the entry's slot."""
        return self._claim % key
