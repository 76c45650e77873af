"""
The modules ``tables``: what the query builder knows of each table and view.

What selecting from a table and writing to it touch is found out here, as it is for queries: a
statement that is put together at run time sets the same triggers and cascades in motion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from janua.config import Project
from janua.errors import ConfigError

from janua_generator import names
from janua_generator.analysis.dependencies.closure import closures_of
from janua_generator.analysis.dependencies.graph import Read, Write
from janua_generator.analysis.dependencies.result import Dependencies
from janua_generator.analysis.statements import columns_of
from janua_generator.annotations import aliases, optional, unshadowed
from janua_generator.catalog.identifiers import quoted
from janua_generator.catalog.model import Column, Relation
from janua_generator.catalog.wiring import Event
from janua_generator.classes import Unit
from janua_generator.imports import FUTURE, LAZY, import_block
from janua_generator.model import Field, ModuleModel, TableClass, TableColumn, Touches
from janua_generator.namespace import Namespace
from janua_generator.standard.columns import has_default, is_given

_BUILDER = "from janua.builder import declare as _q"
_Shown: TypeAlias = Callable[[str], str]
_EVENTS: tuple[Event, ...] = ("insert", "update", "delete")


def selected_tables(project: Project, relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """
    Return the relations that ``tool.janua.tables`` selects, by name or ``schema.name``.

    Raises ConfigError for a name that no relation has.
    """
    known = [each for each in relations if not each.partition_bound]
    if project.tables == "all":
        return tuple(known)
    wanted = () if project.tables == "none" else project.tables
    for at, name in enumerate(wanted):
        if not any(name in (each.name, each.qualified) for each in known):
            raise ConfigError(f'pyproject.toml: tool.janua.tables[{at}]: there is no table or view "{name}"')
    return tuple(each for each in known if each.name in wanted or each.qualified in wanted)


def tables_module(
    namespace: Namespace, unit: Unit, relations: Iterable[Relation], cached: frozenset[str]
) -> ModuleModel:
    """Return the module of one schema's tables."""
    chosen = [(name, each) for name, each in unit.relations if each in set(relations)]
    instances = names.distinct(["annotations", *(names.field_name(each.name) for _, each in chosen)])[1:]
    classes = names.distinct([*instances, *(f"{name.rstrip('_')}Table" for name, _ in chosen)])[len(instances) :]
    taken = frozenset((*instances, *classes))
    tables = [
        _table(namespace, unit, relation, model, instance, class_, taken)
        for (model, relation), instance, class_ in zip(chosen, instances, classes, strict=True)
    ]
    lines = [FUTURE, _BUILDER, "import typing as _t", f"from {'..' if unit.package else '.'} import _types as _ty"]
    fields = [field for each in tables for field in (*each.values, *each.changes)]
    annotations = [column.annotation for each in tables for column in each.columns]
    used = aliases([*annotations, *(each.annotation for each in fields), *(each.row for each in tables)])
    needed, own_modules = namespace.imports(used - {"_q", "_t"}, unit)
    lines += [*needed, *(LAZY if own_modules else ())]
    return ModuleModel(
        path=unit.path("tables.py"),
        subject=f"The tables and views of schema {unit.schema}, for the query builder",
        source="the migrations",
        imports=import_block(lines) if tables else (),
        own_modules=own_modules,
        tables=tuple(tables),
        cached=tuple(sorted(cached)),
    )


def _table(
    namespace: Namespace,
    unit: Unit,
    relation: Relation,
    model: str,
    instance: str,
    class_: str,
    taken: frozenset[str],
) -> TableClass:
    # as_ is the one name that a table has besides its columns
    attributes = names.distinct(["as_", *(names.field_name(each.name) for each in relation.columns)])[1:]
    outputs = columns_of(relation, namespace.introspection)
    nullable = [each.value.nullable for each in outputs]
    listed = list(zip(attributes, relation.columns, nullable, strict=True))
    known = [
        (name, column, is_null)
        for name, column, is_null in listed
        if namespace.is_made(namespace.type_map.named(column.type))
    ]
    is_table = not relation.is_view
    hidden = taken | set(attributes)

    def shown(annotation: str) -> str:
        return unshadowed([annotation], hidden)[0]

    return TableClass(
        name=instance,
        class_name=class_,
        kind="Table" if is_table else "View",
        doc=relation.comment or f"The {relation.kind} ``{relation.name}``.",
        row=f"{unit.alias('models')}.{model}",
        is_whole=len(known) == len(listed),
        schema=relation.schema,
        relation=relation.name,
        columns=tuple(_column(namespace, relation, *each, shown) for each in known),
        values=tuple(_inputs(namespace, relation, known, shown, is_insert=True)) if is_table else (),
        changes=tuple(_inputs(namespace, relation, known, shown, is_insert=False)) if is_table else (),
        touches=tuple(_touches(namespace, relation)),
    )


def _column(
    namespace: Namespace, relation: Relation, attribute: str, column: Column, is_nullable: bool, shown: _Shown
) -> TableColumn:
    type_ = namespace.type_map.named(column.type)
    stored = namespace.stored(relation, column)
    wire = namespace.wire_name(type_)
    null = "None" if is_nullable else "_N"
    is_big = wire == "bigint" and not stored.own
    annotation = f"_q.BigColumn[{null}]" if is_big else f"_q.Column[{shown(stored.result)}, {null}]"
    binary = namespace.type_map.python(type_).binary
    return TableColumn(attribute, annotation, quoted(column.name), wire, is_nullable, binary, stored.own)


def _inputs(
    namespace: Namespace,
    relation: Relation,
    columns: Iterable[tuple[str, Column, bool]],
    shown: _Shown,
    *,
    is_insert: bool,
) -> Iterator[Field]:
    """What an INSERT or UPDATE may give: what an INSERT must give first, the rest with a default."""
    required: list[Field] = []
    others: list[Field] = []
    for attribute, column, is_nullable in columns:
        if not is_given(column):
            continue
        stored = namespace.stored(relation, column)
        annotation = _given(shown(stored.result), shown(stored.parameter), is_nullable)
        may_be_left_out = is_nullable or has_default(column, namespace.introspection.types)
        if is_insert and not may_be_left_out:
            required.append(Field(attribute, annotation))
        else:
            others.append(Field(attribute, f"{annotation} = ..."))
    yield from required
    yield from others


def _given(value: str, parameter: str, is_nullable: bool) -> str:
    """The annotation of what may be assigned to a column."""
    if value == parameter:
        return f"_q.{'NullValue' if is_nullable else 'Value'}[{value}]"
    return optional(f"{parameter} | _q.Expression[{value}, {'None' if is_nullable else '_t.Never'}]", is_nullable)


def _touches(namespace: Namespace, relation: Relation) -> Iterator[Touches]:
    """What each statement on the relation touches, where that is not the relation alone."""
    wiring = namespace.introspection.wiring
    closures = closures_of(namespace.introspection)
    wired = wiring.resolve(relation.name, relation.schema)
    assert wired is not None, relation.qualified
    itself = (relation.qualified,)
    if found := _told("select", closures.of_object(Read(wired.oid)), (itself, ())):
        yield found
    for event in () if relation.is_view else _EVENTS:
        write = closures.of_object(Write(wired.oid, event))
        if found := _told(event, write, (() if event == "insert" else itself, itself)):
            yield found


def _told(event: str, found: Dependencies, itself: tuple[tuple[str, ...], tuple[str, ...]]) -> Touches | None:
    unknown = "; ".join(dict.fromkeys(each for each in (found.unknown_reads, found.unknown_writes) if each))
    told = Touches(event, found.reads, found.writes, unknown)
    return None if (told.reads, told.writes) == itself and not unknown else told
