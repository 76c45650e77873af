"""The keys of a relation by which standard calls find a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from janua_generator.catalog.model import Key, Relation
from janua_generator.standard.columns import StandardColumn


@dataclass(frozen=True, slots=True)
class StandardKey:
    """
    A primary or unique key that is made of columns alone and holds for all rows.

    ``is_arbiter`` says that ON CONFLICT may name it: that it is checked row by row.
    """

    columns: tuple[StandardColumn, ...]
    is_primary: bool
    is_arbiter: bool


def standard_keys(relation: Relation, columns: Mapping[str, StandardColumn]) -> tuple[StandardKey, ...]:
    """Return the keys, the primary one first, and of several with the same columns one."""
    found: dict[frozenset[str], StandardKey] = {}
    for key in relation.keys:
        if _is_whole(key):
            own = tuple(columns[name] for name in key.columns)
            known = found.get(frozenset(key.columns))
            if known is None:
                found[frozenset(key.columns)] = StandardKey(own, key.primary, key.proves_uniqueness)
            elif key.proves_uniqueness and not known.is_arbiter:
                found[frozenset(key.columns)] = StandardKey(known.columns, known.is_primary, is_arbiter=True)
    return tuple(sorted(found.values(), key=lambda each: not each.is_primary))


def has_proven_order(relation: Relation, key: StandardKey) -> bool:
    """Whether pages can be ordered by the key: no two rows share its values, not even for a moment."""
    return key.is_arbiter and not any(each.nullable for each in key.columns)


def _is_whole(key: Key) -> bool:
    return bool(key.columns) and not key.predicate and not key.expressions
