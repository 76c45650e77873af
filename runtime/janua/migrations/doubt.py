"""
Statements that no transaction can hold: what to look at where one has ended, and nobody knows how.

That is so where the runner was killed, or lost its connection. Some may simply be run again. Of others the
catalog tells whether they are done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from janua.migrations.statements import Statement


@dataclass(frozen=True, slots=True)
class IndexBuild:
    """CREATE INDEX CONCURRENTLY. ``name`` is empty where the server chooses it."""

    table: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Reindexing:
    """REINDEX CONCURRENTLY, which leaves indexes behind where it fails, and may be run again."""


@dataclass(frozen=True, slots=True)
class Existence:
    """Makes or drops what the catalog has by its name; it is done where that exists, or does not."""

    kind: str
    name: tuple[str, ...]
    exists: bool


@dataclass(frozen=True, slots=True)
class Detaching:
    """ALTER TABLE … DETACH PARTITION … CONCURRENTLY, which has to be finalized where it was interrupted."""

    table: tuple[str, ...]
    partition: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeatable:
    """Does no harm when it is run again."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Only a person can tell."""


Doubt: TypeAlias = IndexBuild | Reindexing | Existence | Detaching | Repeatable | Unknown


def doubt_about(statement: Statement) -> Doubt:
    """Return what to do about the statement where it is not known how it ended."""
    match statement.words:
        case ("vacuum" | "cluster" | "commit" | "end" | "rollback" | "abort", *_) | ("alter", "system", *_):
            return Repeatable()
        case ("reindex", *rest):
            return Reindexing() if "concurrently" in rest else Repeatable()
        case ("create", *rest) if "index" in rest[:2]:
            return _index_build(rest)
        case ("drop", "index", *rest):
            return Existence("index", _name(_without(rest, "concurrently", "if", "exists")), exists=False)
        case ("create" | "drop" as verb, "database" | "tablespace" | "subscription" as kind, *rest):
            return Existence(kind, _name(_without(rest, "if", "exists")), exists=verb == "create")
        case ("alter", "table", *rest) if "detach" in rest:
            table, partition = rest[: rest.index("detach")], rest[rest.index("detach") + 2 :]
            return Detaching(_name(_without(table, "if", "exists", "only")), _name(partition))
    return Unknown()


def _index_build(words: list[str]) -> IndexBuild:
    at = words.index("on")
    named = _without(words[words.index("concurrently") + 1 : at], "if", "not", "exists")
    return IndexBuild(_name(_without(words[at + 1 :], "only")), named[0] if named else "")


def _without(words: list[str], *skipped: str) -> list[str]:
    """The words without these at their beginning."""
    at = 0
    while at < len(words) and words[at] in skipped:
        at += 1
    return words[at:]


def _name(words: list[str]) -> tuple[str, ...]:
    return (words[0], words[2]) if words[1:2] == ["."] and len(words) > 2 else (words[0],)
