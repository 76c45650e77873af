"""The keys of a relation by which standard calls find a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Relation
from janua_generator.standard.columns import StandardColumn


@dataclass(frozen=True, slots=True)
class StandardKey:
    """
    A primary or unique key that is made of columns alone and holds for all rows.

    ``is_arbiter`` says that ON CONFLICT may name it: that it is checked row by row. ``orders_pages``: that no two rows
    share its values, for sure and not even for a moment.
    """

    columns: tuple[StandardColumn, ...]
    is_primary: bool
    is_arbiter: bool
    orders_pages: bool


def standard_keys(
    relation: Relation, columns: Mapping[str, StandardColumn], introspection: Introspection
) -> tuple[StandardKey, ...]:
    """Return the keys, the primary one first, and of several with the same columns one."""
    # nothing is known of an equality that the migrations define
    is_usual = "=" not in introspection.routines.redefined_operators
    found: dict[frozenset[str], StandardKey] = {}
    # the primary key comes first, then what can be relied on
    for key in sorted(relation.keys, key=lambda each: (not each.primary, not each.proves_uniqueness)):
        if key.columns and not key.predicate and not key.expressions:
            own = tuple(columns[name] for name in key.columns)
            orders_pages = is_usual and key.proves_uniqueness and not any(each.nullable for each in own)
            made = StandardKey(own, key.primary, key.proves_uniqueness, orders_pages)
            found.setdefault(frozenset(key.columns), made)
    return tuple(found.values())
