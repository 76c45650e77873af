"""Relations to the queries of their modules: what each has, and what the author's own queries replace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from janua_generator import names
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Relation, parts_of
from janua_generator.sqlfile.model import SourceQuery
from janua_generator.standard.made import StandardCall
from janua_generator.standard.reading import reading_calls
from janua_generator.standard.references import listing_calls, referring_calls
from janua_generator.standard.subject import Subject
from janua_generator.standard.writing import writing_calls


def standard_queries(
    introspection: Introspection, relations: Iterable[Relation], own: Iterable[SourceQuery]
) -> list[SourceQuery]:
    """
    Return the standard calls of these relations; ``own`` are the author's queries, which replace those of their name.

    The same objects again where neither has changed.
    """
    replaced: dict[str, set[str]] = {}
    for query in own:
        replaced.setdefault(query.module, set()).add(names.function_name(query.name))
    return [
        source for source in _all(introspection, tuple(relations)) if source.name not in replaced.get(source.module, ())
    ]


def _all(introspection: Introspection, relations: tuple[Relation, ...]) -> list[SourceQuery]:
    known = introspection.derived.get("standard")
    if known is None or known[0] != relations:
        modules = _modules(introspection, relations)
        found = [each for relation in relations for each in _of(introspection, relation, modules[relation.qualified])]
        known = introspection.derived["standard"] = relations, found
    made: list[SourceQuery] = known[1]
    return made


def _of(introspection: Introspection, relation: Relation, module: str) -> Iterator[SourceQuery]:
    calls = list(_calls(introspection, relation))
    distinct = names.distinct(names.function_name(each.name) for each in calls)
    for name, each in zip(distinct, calls, strict=True):
        yield each.source(relation, module, name)


def _calls(introspection: Introspection, relation: Relation) -> Iterator[StandardCall]:
    if not relation.columns or not _have_classes(relation, introspection):
        return
    subject = Subject.of(relation, introspection)
    yield from reading_calls(subject)
    if relation.is_view:
        return
    yield from listing_calls(subject)
    if is_written(relation):
        yield from writing_calls(subject)
    yield from referring_calls(subject, introspection.catalog)


def is_written(relation: Relation) -> bool:
    """Whether its rows are here, and an INSERT is what it says: rules make something else of it."""
    return relation.kind in ("table", "partitioned table") and not relation.has_rules


def _have_classes(relation: Relation, introspection: Introspection) -> bool:
    """Whether rows can be made: an enum or a composite type of a schema that is not read has no class."""
    catalog, types = introspection.catalog, introspection.types
    parts = parts_of(types, [types[each.type] for each in relation.columns if each.type in types]).values()
    return all(
        each.name in catalog.types_by_name or (bool(each.relation) and each.schema in catalog.schemas)
        for each in parts
        if each.kind in ("enum", "composite")
    )


def _modules(introspection: Introspection, relations: Iterable[Relation]) -> Mapping[str, str]:
    """The module of each relation, by ``schema.name``; what already is a lower-case identifier has its own name."""
    first, *others = introspection.catalog.schemas
    packages = {first: "", **{schema: names.module_name(schema) for schema in others}}
    found: dict[str, str] = {}
    taken = set(packages.values())
    for relation in sorted(relations, key=lambda each: names.module_name(each.name) != each.name):
        package = packages[relation.schema]
        module = names.module_name(relation.name)
        while (full := f"{package}.{module}" if package else module) in taken:
            module += "_"
        taken.add(full)
        found[relation.qualified] = full
    return found
