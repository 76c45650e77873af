"""What is in a database, object by object, and what makes two of them different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NamedTuple, TypeAlias

import psycopg

_READ = files("janua_generator.migrations").joinpath("fingerprint.sql").read_text("utf-8")

# They are called as what they belong to, or after it.
_PARTS = ("owner", "grant", "default", "generated value", "comment", "constraint", "trigger", "policy", "rule")


class Found(NamedTuple):
    """What there is to say of an object, and the names of those that it is a part of."""

    definition: str
    parents: frozenset[str]


Fingerprint: TypeAlias = Mapping[tuple[str, str], Found]
"""Each object, by its kind and its name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An object that only one of two databases has, or that is not the same; absent definitions are None."""

    kind: str
    name: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.after is None:
            return f"loses the {self._shown(self.before)}"
        if self.before is None:
            return f"leaves the {self._shown(self.after)}"
        return f"changes the {self.kind} {self.name}: {_one_line(self.before)} became {_one_line(self.after)}"

    def _shown(self, definition: str | None) -> str:
        said = _one_line(definition or "")
        return f"{self.kind} {self.name}{f': {said}' if said else ''}"


def fingerprint(connection: psycopg.Connection[Any]) -> Fingerprint:
    """Read everything that migrations can make, by names that say the schema where that is not public."""
    with connection.transaction():
        connection.execute("SET LOCAL search_path = public")
        rows = connection.execute(_READ).fetchall()
    return {(kind, name): Found(definition, frozenset(parents)) for kind, name, definition, parents in rows}


def differences(before: Fingerprint, after: Fingerprint) -> list[Difference]:
    """Return what is not the same; of a table that is only in one of them, nothing that is a part of it."""
    keys = [key for key in sorted({*before, *after}) if _said(before, key) != _said(after, key)]
    wholes = {key[1] for key in keys if (key not in before or key not in after) and key[0] not in _PARTS}
    return [
        Difference(*key, _said(before, key), _said(after, key))
        for key in keys
        if not wholes & (before.get(key) or after[key]).parents
    ]


def _said(found: Fingerprint, key: tuple[str, str]) -> str | None:
    return found[key].definition if key in found else None


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:159] + "…"
