"""What the analysis knows of a value: whether it can be NULL, why, and roughly what type it has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from janua_generator.analysis.shape import Shape
from janua_generator.catalog.model import PgType


class Family(StrEnum):
    """
    A coarse type: as much as the rules must tell apart.

    LITERAL is an untyped literal or parameter, which takes the type of what it meets. OTHER
    is anything about which no rule may assume anything.
    """

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    UUID = "uuid"
    BYTES = "bytes"
    JSON = "json"
    ARRAY = "array"
    RANGE = "range"
    ENUM = "enum"
    CITEXT = "citext"
    HSTORE = "hstore"
    LTREE = "ltree"
    VECTOR = "vector"
    NETWORK = "network"
    SEARCH = "search"
    COMPOSITE = "composite"
    LITERAL = "literal"
    OTHER = "other"


_BUILTIN: Mapping[str, Family] = {
    **dict.fromkeys(("text", "varchar", "character varying", "character", "char", "bpchar", "name"), Family.TEXT),
    **dict.fromkeys(("smallint", "integer", "bigint", "int2", "int4", "int8", "int", "oid"), Family.INTEGER),
    **dict.fromkeys(("numeric", "decimal", "real", "double precision", "float4", "float8", "float"), Family.NUMBER),
    **dict.fromkeys(("boolean", "bool"), Family.BOOLEAN),
    **dict.fromkeys(
        ("date", "time", "timetz", "timestamp", "timestamptz", "interval", "time without time zone",
         "time with time zone", "timestamp without time zone", "timestamp with time zone"),
        Family.TIME,
    ),
    "uuid": Family.UUID,
    "bytea": Family.BYTES,
    **dict.fromkeys(("json", "jsonb"), Family.JSON),
    **dict.fromkeys(("inet", "cidr"), Family.NETWORK),
    **dict.fromkeys(("tsvector", "tsquery"), Family.SEARCH),
}  # fmt: skip

_BY_KIND: Mapping[str, Family] = {
    "array": Family.ARRAY,
    "enum": Family.ENUM,
    "range": Family.RANGE,
    "multirange": Family.RANGE,
    "composite": Family.COMPOSITE,
}


_OF_EXTENSIONS: Mapping[str, Family] = {
    str(each): each for each in (Family.CITEXT, Family.HSTORE, Family.LTREE, Family.VECTOR)
}


def family_of(type_name: str, types: Mapping[str, PgType]) -> Family:
    """Return the family of a type in ``format_type``'s or a common spelling; domains count as their base."""
    name = type_name.partition("(")[0].strip() if not type_name.endswith("]") else type_name
    if name.endswith("]"):
        return Family.ARRAY
    type_ = types.get(name)
    while type_ is not None and type_.kind == "domain":
        type_ = types.get(type_.base)
    if type_ is None:
        return _BUILTIN.get(name, Family.OTHER)
    if type_.builtin and type_.name in _BUILTIN:
        return _BUILTIN[type_.name]
    if type_.extension == type_.typname and type_.typname in _OF_EXTENSIONS:
        return _OF_EXTENSIONS[type_.typname]
    return _BY_KIND.get(type_.kind, Family.OTHER)


def base_type(type_name: str, types: Mapping[str, PgType]) -> str:
    """Return the type behind a domain, and any other as it is."""
    type_ = types.get(type_name)
    while type_ is not None and type_.kind == "domain":
        type_name = type_.base
        type_ = types.get(type_name)
    return type_name


@dataclass(frozen=True, slots=True)
class Value:
    """
    Whether an expression can be NULL, the reason in a few words, and its family.

    ``extension`` is there for a column of a relation that an outer join may put NULLs in place of,
    ``shape`` for JSON whose parts are known.
    """

    nullable: bool
    why: str
    family: Family = Family.OTHER
    extension: Extension | None = None
    shape: Shape | None = None

    def with_family(self, family: Family) -> Value:
        """The same value, known to be of ``family``."""
        return replace(self, family=family)


@dataclass(frozen=True, slots=True)
class Extension:
    """The outer joins that may have found no row for a relation, and a value of it where they did."""

    joins: frozenset[int]
    present: Value


def converted(value: Value, type_name: str, types: Mapping[str, PgType]) -> Value:
    """
    The value as it is after a cast of the server's own to this type, written out or made by an assignment.

    ``timestamptz`` to ``time`` gives NULL for infinity, which has no time of day; family TIME does not tell
    the one from the other.
    """
    if value.family in (Family.TIME, Family.OTHER) and re.match(r"time(tz)?\b", base_type(type_name, types)):
        return nullable("an infinite time has no time of day", Family.TIME)
    return value


def not_null(why: str, family: Family = Family.OTHER) -> Value:
    """A value that is never NULL."""
    return Value(False, why, family)


def nullable(why: str, family: Family = Family.OTHER) -> Value:
    """A value that may be NULL, or of which nothing is proven."""
    return Value(True, why, family)
