"""
The database's own types: looked up by name once, registered on every connection that meets them.

Generated code names types and never OIDs, because those differ from database to database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from importlib.resources import files
from typing import TypeAlias

from psycopg.abc import AdaptContext
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo
from psycopg.types.multirange import MultirangeInfo, register_multirange
from psycopg.types.range import RangeInfo, register_range
from psycopg.types.string import TextBinaryLoader, TextLoader

from janua.database.composites import composite_dumper, composite_loaders
from janua.database.drift import TypeIdentity
from janua.database.loaders import FORMS, refuse_unknown_texts, text_only_loader
from janua.database.parameters import encoder_for
from janua.errors import SchemaDrift
from janua.query import CompositeType, DatabaseType, DomainType, EnumType, FormType, RangeType, TextType, Types

LOOK_UP_TYPES = files("janua.database").joinpath("types.sql").read_text("utf-8")

Registration: TypeAlias = Callable[[AdaptContext], None]
"""Makes one cursor or connection know one type."""

_KINDS: dict[type, tuple[str, str]] = {
    EnumType: ("e", "an enum"),
    CompositeType: ("c", "a composite type"),
    RangeType: ("r", "a range type"),
    DomainType: ("d", "a domain"),
    TextType: ("b", "a base type"),
    FormType: ("b", "a base type"),
}


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """A row of ``types.sql``."""

    name: str
    oid: int | None
    array_oid: int
    delimiter: str
    kind: str
    sends_text: bool
    base_oid: int
    subtype_oid: int
    multirange_oid: int
    multirange_array_oid: int
    field_names: Sequence[str]
    field_oids: Sequence[int]
    field_types: Sequence[str]


class Catalog:
    """
    What is known of one database, shared by all sessions on it.

    ``registrations`` are those of the sets of types that were met, ``identities`` the types that queries
    declare and the server describes. A new ``epoch`` begins where something turned out to have changed:
    all sessions prepare anew what they prepared before.
    """

    def __init__(self) -> None:
        self.registrations: dict[Types, tuple[Registration, ...]] = {}
        self.identities: dict[str | int, TypeIdentity] = {}
        self.epoch = 0

    def renew(self) -> None:
        """Trust nothing that was looked up."""
        # New ones: what looks something up at this moment goes on with the old.
        self.registrations = {}
        self.identities = {}
        self.epoch += 1


def bind_types(types: Types, facts: Sequence[TypeFacts]) -> tuple[Registration, ...]:
    """
    Return the registrations of these types in this database.

    Made once and shared by all connections, because psycopg keeps the classes that it makes
    for a type for ever. Raises SchemaDrift for a type that is missing, of another kind, or has other attributes.
    """
    bound = [_bind(declared, fact, types) for declared, fact in zip(types, facts, strict=True)]
    return (_refuse_unknown_types, *bound)


def _refuse_unknown_types(context: AdaptContext) -> None:
    refuse_unknown_texts(context.adapters)


def _bind(declared: DatabaseType, facts: TypeFacts, types: Types) -> Registration:
    kind, described = _KINDS[type(declared)]
    if facts.oid is None:
        raise SchemaDrift(f"the database has no type {facts.name}, which the generated code uses")
    if facts.kind != kind:
        raise SchemaDrift(f"the database's type {facts.name} is not {described}, as the generated code expects")
    info = TypeInfo(facts.name, facts.oid, facts.array_oid, delimiter=facts.delimiter)
    match declared:
        case EnumType():
            return partial(_register_loaders, info, enum_loaders(declared.python))
        case CompositeType():
            return _bind_composite(declared, facts, types)
        case RangeType():
            return _bind_range(facts, facts.oid)
        case DomainType():
            return partial(_register_domain, info, facts.base_oid)
        case TextType():
            # citext's binary form is its text. For types with another one the query asks for text.
            binary = TextBinaryLoader if facts.sends_text else text_only_loader(facts.name)
            return partial(_register_loaders, info, (TextLoader, binary))
        case FormType():
            return partial(_register_loaders, info, FORMS[declared.form])


class _EnumLoader(Loader):
    python: type[StrEnum]
    members: dict[bytes, StrEnum]

    def load(self, data: Buffer) -> StrEnum:
        label = bytes(data)
        member = self.members.get(label)
        return self._unknown(label.decode()) if member is None else member

    def _unknown(self, label: str) -> StrEnum:
        # Not the call of the class, which fails where it has no members yet.
        found = self.python._missing_(label)
        return found if isinstance(found, self.python) else self.python(label)


@cache
def enum_loaders(python: type[StrEnum]) -> tuple[type[Loader], type[Loader]]:
    """Return the text and the binary loader: an enum's label is sent the same way in both."""
    members = {member.value.encode(): member for member in python}
    attributes = {"python": python, "members": members}
    text = type(f"{python.__name__}Loader", (_EnumLoader,), attributes)
    return text, type(f"{python.__name__}BinaryLoader", (text,), {"format": Format.BINARY})


def _register_loaders(info: TypeInfo, loaders: Sequence[type[Loader]], context: AdaptContext) -> None:
    info.register(context)
    for loader in loaders:
        context.adapters.register_loader(info.oid, loader)


def _register_domain(info: TypeInfo, base_oid: int, context: AdaptContext) -> None:
    # The server sends a domain's column as its base type, but an array's or a composite's part as itself.
    info.register(context)
    adapters = context.adapters
    adapters.register_loader(info.oid, adapters.get_loader(base_oid, Format.TEXT) or TextLoader)
    if loader := adapters.get_loader(base_oid, Format.BINARY):
        adapters.register_loader(info.oid, loader)


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


def _bind_composite(declared: CompositeType, facts: TypeFacts, types: Types) -> Registration:
    names = tuple(name for name, _ in declared.fields)
    if names and names != tuple(facts.field_names):
        found, expected = (", ".join(each) or "none" for each in (facts.field_names, names))
        raise SchemaDrift(
            f"the database's type {facts.name} has the attributes {found}, and the generated code expects {expected}"
        )
    info = TypeInfo(facts.name, facts.oid or 0, facts.array_oid)
    loaders = composite_loaders(facts.name, declared.python, facts.field_oids)
    field_types = [type_ for _, type_ in declared.fields] or facts.field_types
    dumper = composite_dumper(declared.python, [encoder_for(name, types) for name in field_types])

    def register(context: AdaptContext) -> None:
        _register_loaders(info, loaders, context)
        context.adapters.register_dumper(declared.python, dumper)

    return register
