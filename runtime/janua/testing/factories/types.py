"""What a column's type is made of, from the registry that every generated package has."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from janua.query import CompositeType, DatabaseType, EnumType, RangeType, Types

_RANGES = {
    "int4range": "integer",
    "int8range": "bigint",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp without time zone",
    "tstzrange": "timestamp with time zone",
}
_MULTIRANGES = {name.replace("range", "multirange"): subtype for name, subtype in _RANGES.items()}


class TypeBook:
    """The types of one package by their names, as ``Declared.type`` spells them."""

    def __init__(self, types: Types | Iterable[DatabaseType]) -> None:
        self._known = {each.name: each for each in types}
        own = [each for each in self._known.values() if isinstance(each, RangeType)]
        self._ranges = {**_RANGES, **{each.name: each.subtype for each in own if each.subtype}}
        self._multiranges = {**_MULTIRANGES, **{each.multirange: each.subtype for each in own if each.subtype}}

    def enum(self, name: str) -> type[StrEnum] | None:
        """The class of an enum."""
        found = self._known.get(name)
        return found.python if isinstance(found, EnumType) else None

    def composite(self, name: str) -> tuple[type[Any], tuple[str, ...]] | None:
        """The class of a composite type and the types of its fields."""
        found = self._known.get(name)
        return (found.python, tuple(type_ for _, type_ in found.fields)) if isinstance(found, CompositeType) else None

    def subtype(self, name: str) -> str | None:
        """The type of a range's bounds."""
        return self._ranges.get(name)

    def multirange(self, name: str) -> str | None:
        """The type of the bounds of a multirange's parts."""
        return self._multiranges.get(name)

    @staticmethod
    def plain(name: str) -> str:
        """The name without the schema, for types of extensions."""
        return name.rpartition(".")[2]
