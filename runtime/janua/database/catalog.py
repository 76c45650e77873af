"""
The database's own types: looked up by name once, registered on every connection that meets them.

Generated code names types and never OIDs, because those differ from database to database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from importlib.resources import files
from operator import attrgetter
from typing import Any, TypeAlias

from psycopg.abc import AdaptContext
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo, register_composite
from psycopg.types.multirange import MultirangeInfo, register_multirange
from psycopg.types.range import RangeInfo, register_range
from psycopg.types.string import TextBinaryLoader, TextLoader

from janua.database.adapt import PartsDumper
from janua.database.parameters import Encoder, encoder_for
from janua.errors import SchemaDrift
from janua.query import CompositeType, DatabaseType, DomainType, EnumType, RangeType, TextType, Types

LOOK_UP_TYPES = files("janua.database").joinpath("types.sql").read_text("utf-8")

Registration: TypeAlias = Callable[[AdaptContext], None]
"""Makes one cursor or connection know one type."""

_KINDS: dict[type, tuple[str, str]] = {
    EnumType: ("e", "an enum"),
    CompositeType: ("c", "a composite type"),
    RangeType: ("r", "a range type"),
    DomainType: ("d", "a domain"),
    TextType: ("b", "a base type"),
}


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """A row of ``types.sql``."""

    name: str
    oid: int | None
    array_oid: int
    kind: str
    base_oid: int
    subtype_oid: int
    multirange_oid: int
    multirange_array_oid: int
    field_names: Sequence[str]
    field_oids: Sequence[int]
    field_types: Sequence[str]


def bind_types(types: Types, facts: Sequence[TypeFacts]) -> tuple[Registration, ...]:
    """
    Return the registrations of these types in this database.

    Made once and shared by all connections, because psycopg keeps the classes that it makes
    for a type for ever. Raises SchemaDrift for a type that is missing or of another kind.
    """
    return tuple(_bind(declared, fact, types) for declared, fact in zip(types, facts, strict=True))


def _bind(declared: DatabaseType, facts: TypeFacts, types: Types) -> Registration:
    kind, described = _KINDS[type(declared)]
    if facts.oid is None:
        raise SchemaDrift(f"the database has no type {facts.name}, which the generated code uses")
    if facts.kind != kind:
        raise SchemaDrift(f"the database's type {facts.name} is not {described}, as the generated code expects")
    info = TypeInfo(facts.name, facts.oid, facts.array_oid)
    match declared:
        case EnumType():
            return partial(_register_enum, info, enum_loaders(declared.python))
        case CompositeType():
            return _bind_composite(declared, facts, types)
        case RangeType():
            return _bind_range(facts, facts.oid)
        case DomainType():
            return partial(_register_domain, info, facts.base_oid)
        case TextType():
            return partial(_register_text, info)


class _EnumLoader(Loader):
    python: type[StrEnum]
    members: dict[bytes, StrEnum]

    def load(self, data: Buffer) -> StrEnum:
        label = bytes(data)
        member = self.members.get(label)
        # A label that the code does not know goes through the class's _missing_.
        return self.python(label.decode()) if member is None else member


@cache
def enum_loaders(python: type[StrEnum]) -> tuple[type[Loader], type[Loader]]:
    """Return the text and the binary loader: an enum's label is sent the same way in both."""
    members = {member.value.encode(): member for member in python}
    attributes = {"python": python, "members": members}
    text = type(f"{python.__name__}Loader", (_EnumLoader,), attributes)
    return text, type(f"{python.__name__}BinaryLoader", (text,), {"format": Format.BINARY})


def _register_enum(info: TypeInfo, loaders: Sequence[type[Loader]], context: AdaptContext) -> None:
    info.register(context)
    for loader in loaders:
        context.adapters.register_loader(info.oid, loader)


def _register_domain(info: TypeInfo, base_oid: int, context: AdaptContext) -> None:
    # The server sends a domain's column as its base type, but an array's or a composite's part as itself.
    info.register(context)
    for format in (Format.TEXT, Format.BINARY):
        if loader := context.adapters.get_loader(base_oid, format):
            context.adapters.register_loader(info.oid, loader)


def _register_text(info: TypeInfo, context: AdaptContext) -> None:
    # Both forms: citext's binary form is its text. For types with another one the query asks for text.
    info.register(context)
    context.adapters.register_loader(info.oid, TextLoader)
    context.adapters.register_loader(info.oid, TextBinaryLoader)


def _bind_range(facts: TypeFacts, oid: int) -> Registration:
    info = RangeInfo(facts.name, oid, facts.array_oid, subtype_oid=facts.subtype_oid)
    multirange = MultirangeInfo(
        f"{facts.name} multirange",
        facts.multirange_oid,
        facts.multirange_array_oid,
        range_oid=oid,
        subtype_oid=facts.subtype_oid,
    )

    def register(context: AdaptContext) -> None:
        register_range(info, context)
        register_multirange(multirange, context)

    return register


class _CompositeDumper(PartsDumper):
    values: Callable[[Any], tuple[object, ...]]
    encoders: Sequence[Encoder | None]

    def dump(self, obj: object) -> Buffer:
        pairs = zip(type(self).values(obj), self.encoders, strict=True)
        encoded = (encode(value) if encode and value is not None else value for value, encode in pairs)
        return b"(" + b",".join(self.part(value, b"") for value in encoded) + b")"


def _bind_composite(declared: CompositeType, facts: TypeFacts, types: Types) -> Registration:
    info = CompositeInfo(
        facts.name,
        facts.oid or 0,
        facts.array_oid,
        field_names=facts.field_names,
        field_types=facts.field_oids,
    )
    # Not the class itself: psycopg would register dumpers that declare the type's oid.
    make = partial(declared.python)
    dumper = _composite_dumper(declared.python, [encoder_for(name, types) for name in facts.field_types])

    def register(context: AdaptContext) -> None:
        register_composite(info, context, make)
        context.adapters.register_dumper(declared.python, dumper)

    return register


def _composite_dumper(python: type, encoders: Sequence[Encoder | None]) -> type[Dumper]:
    attributes = {"values": staticmethod(_field_values(python)), "encoders": tuple(encoders)}
    return type(f"{python.__name__}Dumper", (_CompositeDumper,), attributes)


def _field_values(python: type) -> Callable[[Any], tuple[object, ...]]:
    if not is_dataclass(python):
        return tuple
    getters = [attrgetter(field.name) for field in fields(python) if field.init]
    return lambda obj: tuple(get(obj) for get in getters)
