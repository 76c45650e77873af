"""Types of two databases side by side: the same, or what is different about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from janua.database.verification import label_differences

from janua_generator.analysis.shape import Shape
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType


@dataclass(frozen=True, slots=True)
class TypeDifference:
    """What is different about a type of this name. ``is_harmless``: the generated code copes with it."""

    type: str
    message: str
    is_harmless: bool = False


def identity(type_: PgType, introspection: Introspection) -> str:
    """Return what a type is called whatever the search path: ``schema.name``, an array's with brackets."""
    element = introspection.types.get(type_.element) if type_.kind == "array" else None
    return f"{identity(element, introspection)}[]" if element is not None else f"{type_.schema}.{type_.typname}"


def type_differences(expected: Introspection, live: Introspection) -> Iterator[TypeDifference]:
    """Compare the enums, domains and composite types of the migrations with those of their names; absent ones not."""
    known = {identity(each, live): each for each in live.types.values()}
    for type_ in expected.catalog.types:
        found = known.get(identity(type_, expected))
        if found is not None and found.kind == type_.kind:
            yield from _differences(type_, expected, found, live)


def parts_of(type_: PgType, types: Mapping[str, PgType]) -> Iterator[str]:
    """Yield the names of a type and of all that its values consist of."""
    yield type_.name
    inner = [type_.element, type_.base, type_.subtype, *(name for _, name in type_.fields)]
    for name in filter(None, inner):
        if name in types:
            yield from parts_of(types[name], types)


def shape_fits(expected: Shape | None, live: Shape | None) -> bool:
    """Whether what code expects of a JSON value holds for those that the live database builds; more keys do no harm."""
    if expected is None or expected == live:
        return True
    if live is None or (expected.kind, expected.type) != (live.kind, live.type):
        return False
    found = {part.key: part for part in live.parts}
    return all(
        part.key in found
        and found[part.key].nullable <= part.nullable
        and shape_fits(part.shape, found[part.key].shape)
        for part in expected.parts
    )


def _differences(
    type_: PgType, expected: Introspection, found: PgType, live: Introspection
) -> Iterator[TypeDifference]:
    name = type_.name
    for sentence, is_new in label_differences(name, type_.labels, found.labels):
        # An unknown label becomes a member of its own; the lack of a known one is an error where it is sent.
        yield TypeDifference(name, sentence, is_harmless=is_new)
    if _attributes(type_, expected) != _attributes(found, live):
        there, here = (", ".join(map(" ".join, each.fields)) for each in (found, type_))
        yield TypeDifference(name, f"the type {name} is ({there}) in the database, and ({here}) in the migrations")
    bases = _base(type_, expected), _base(found, live)
    if bases[0] != bases[1]:
        yield TypeDifference(
            name, f"the type {name} is over {bases[1]} in the database, and {bases[0]} in the migrations"
        )
    if type_.not_null and not found.not_null:
        yield TypeDifference(name, f"the domain {name} takes NULL in the database, and not in the migrations")


def _attributes(type_: PgType, introspection: Introspection) -> list[tuple[str, str]]:
    return [(name, _identity_of(spelled, introspection)) for name, spelled in type_.fields]


def _base(type_: PgType, introspection: Introspection) -> str:
    return _identity_of(type_.base or type_.subtype, introspection).removeprefix("pg_catalog.")


def _identity_of(spelled: str, introspection: Introspection) -> str:
    found = introspection.types.get(spelled)
    return identity(found, introspection) if found is not None else spelled
