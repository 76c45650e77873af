"""Random foreign keys: of every kind that there is, to any table with a key, borne out by the data or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .schemamaker import Table

REFERRING = ("r", "s")
"""The columns of a foreign key."""
REFERRED = ("id", "i")
"""What they refer to: the first to the primary key, both to what is unique in tables that say so."""


@dataclass(frozen=True)
class Key:
    """A foreign key of a table, by the columns of both sides."""

    target: str
    columns: tuple[str, ...]
    referred: tuple[str, ...]


def choose_key(name: str, tables: Sequence[Table], random: Random) -> Key | None:
    """A key to a table made before, or to the table of this name itself."""
    targets = [(table.name, table.paired) for table in tables if table.keyed]
    if random.random() < 0.15:
        targets = [(name, False)]
    if not targets or random.random() < 0.1:
        return None
    target, paired = random.choice(targets)
    width = 2 if paired and random.random() < 0.6 else 1
    return Key(target, REFERRING[:width], REFERRED[:width])


def foreign_key(table: Table, key: Key, random: Random, version: int) -> list[str]:
    """The constraint, mostly with the rows removed that it forbids, sometimes as one that promises nothing."""
    mine, theirs = ", ".join(key.columns), ", ".join(key.referred)
    words = f"ALTER TABLE {table.name} ADD FOREIGN KEY ({mine}) REFERENCES {key.target} ({theirs})"
    words += random.choice(("", "", "", " MATCH FULL"))
    words += random.choice(("", "", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON DELETE SET DEFAULT"))
    words += random.choice(("", "", " ON UPDATE CASCADE", " ON UPDATE SET NULL"))
    promise = random.choice(("",) * 6 + (" DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED", " NOT VALID"))
    if version >= 180000 and random.random() < 0.1:
        promise = " NOT ENFORCED"
    orphans = [] if promise in (" NOT VALID", " NOT ENFORCED") else [_without_orphans(table, key)] * 3
    return [*orphans, f"{words}{promise};"]


def _without_orphans(table: Table, key: Key) -> str:
    """Once may not be enough where a table refers to itself."""
    some_null = " OR ".join(f"o.{name} IS NULL" for name in key.columns)
    same = " AND ".join(f"t.{other} = o.{name}" for name, other in zip(key.columns, key.referred, strict=True))
    return f"DELETE FROM {table.name} o WHERE NOT ({some_null} OR EXISTS (SELECT FROM {key.target} t WHERE {same}));"
