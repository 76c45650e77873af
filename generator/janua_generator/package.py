"""
The generated package as data: analysed queries and the catalog to :class:`PackageModel`.

Every name is final here: what is a keyword, what clashes, which class a row is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from janua.config import Project
from janua.diagnostics import Diagnostic

from janua_generator import names
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.annotations import aliases, local, plain, unshadowed
from janua_generator.caching import cached_tables
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType, Relation, parts_of
from janua_generator.classes import Unit
from janua_generator.classtable import ClassTable
from janua_generator.constraints import constraint_modules, constraints_module
from janua_generator.diagnostics import GenerationFailed, Stage, of_stage
from janua_generator.factories import FactoryNames, factories_module
from janua_generator.imports import DATACLASS, FIELD, FUTURE, LAZY, import_block
from janua_generator.model import EnumClass, Field, ModuleModel, NewType, PackageModel, RowClass, TypeEntry
from janua_generator.module import QueryModule
from janua_generator.names import module_stem
from janua_generator.namespace import ModelClass, Namespace
from janua_generator.source import literal
from janua_generator.tables import selected_tables, tables_module

_TYPES_IMPORTS = (FUTURE, "from typing import Final", "from janua import query as _q")


def build_package(project: Project, introspection: Introspection, queries: Sequence[AnalysedQuery]) -> PackageModel:
    """
    Lay out the package. Pure.

    Raises GenerationFailed with every clash of names, ConfigError for a rename of nothing.
    """
    used = used_types(introspection, queries)
    relations = selected_tables(project, introspection.catalog.relations)
    stored = _stored_types(introspection, relations)
    namespace = _namespace(project, introspection, used | stored)
    findings = [*namespace.clashes, *_clashing_modules(namespace, queries)]
    if not all(map(namespace.has_class, used.values())):
        findings += _unnamed_types(namespace, queries)
    warnings: list[Diagnostic] = []
    shared = ClassTable(f"{namespace.units[0].alias('models')}.")
    modules = []
    cached = cached_tables(queries)
    for name, paths, group in _by_module(namespace, queries):
        builder, module = _query_module(namespace, name, paths, group, shared, cached)
        modules.append(module)
        findings += builder.findings
        warnings += builder.warnings
    if findings:
        raise GenerationFailed(of_stage(Stage.NAMES, findings))
    modules += [_enums(unit) for unit in namespace.units]
    modules += [_models(namespace, unit, shared if unit is namespace.units[0] else None) for unit in namespace.units]
    modules += [constraints_module(introspection, unit) for unit in namespace.units]
    if relations:
        tables = [_tables(namespace, unit, relations, cached) for unit in namespace.units]
        modules += [*tables, *_factories(namespace, tables)]
    entries = _type_entries(namespace, used)
    stored_entries = _type_entries(namespace, {name: each for name, each in stored.items() if namespace.is_made(each)})
    needed = aliases(entry.python for entry in (*entries, *stored_entries))
    return PackageModel(
        modules=tuple(modules),
        type_entries=tuple(entries),
        table_type_entries=tuple(stored_entries) if relations else None,
        type_imports=import_block([*_TYPES_IMPORTS, *(namespace.import_line(alias, None) for alias in needed)]),
        constraint_modules=constraint_modules(namespace.units),
        subpackages=tuple(unit.package for unit in namespace.units if unit.package),
        frozen=project.frozen,
        warnings=tuple(warnings),
    )


def _namespace(project: Project, introspection: Introspection, used: dict[str, PgType]) -> Namespace:
    """The names of the classes; the same object again where the same types are used."""
    known = introspection.derived.get("namespace")
    if known is None or known[0] != (project, used):
        known = introspection.derived["namespace"] = (project, used), Namespace.of(project, introspection, used)
    namespace: Namespace = known[1]
    return namespace


def _query_module(
    namespace: Namespace,
    name: str,
    paths: list[str],
    group: list[AnalysedQuery],
    shared: ClassTable,
    cached: frozenset[str],
) -> tuple[QueryModule, ModuleModel]:
    """The module of some files and of a table; where its queries are those of the last time, the same object again."""
    kept = namespace.introspection.derived.setdefault("modules", {})
    known = kept.get(name)
    # a class that `@row` names is made by whichever file comes first
    has_own_classes_only = not any(query.source.directives_called("row") for query in group)
    if known is None or known[0] is not namespace or known[1] != (paths, group, cached) or not has_own_classes_only:
        builder = QueryModule(namespace, name, paths, shared, cached)
        known = kept[name] = namespace, (paths, group, cached), builder, builder.build(group)
    return known[2], known[3]


def _tables(namespace: Namespace, unit: Unit, relations: tuple[Relation, ...], cached: frozenset[str]) -> ModuleModel:
    """The tables of one schema; the same object again for the same namespace."""
    kept = namespace.introspection.derived.setdefault("tables", {})
    known = kept.get(unit.schema)
    if known is None or known[0] is not namespace or known[1] != (relations, cached):
        module = tables_module(namespace, unit, relations, cached)
        known = kept[unit.schema] = namespace, (relations, cached), module
    found: ModuleModel = known[2]
    return found


def _factories(namespace: Namespace, tables: Sequence[ModuleModel]) -> list[ModuleModel]:
    """The factories of all schemas; the same objects again for the same tables."""
    known = namespace.introspection.derived.get("factories")
    if known is None or known[0] != tables:
        by_schema = {unit.schema: module.tables for unit, module in zip(namespace.units, tables, strict=True)}
        named = FactoryNames(namespace.units, by_schema)
        made = [factories_module(namespace, unit, named) for unit in namespace.units]
        known = namespace.introspection.derived["factories"] = tables, made
    modules: list[ModuleModel] = known[1]
    return modules


def _stored_types(introspection: Introspection, relations: Iterable[Relation]) -> dict[str, PgType]:
    """The types of the relations' columns, and what those are made of, elements first."""
    columns = {column.type for relation in relations for column in relation.columns}
    known = introspection.types
    return parts_of(known, (known[name] for name in sorted(columns) if name in known))


def used_types(introspection: Introspection, queries: Iterable[AnalysedQuery]) -> dict[str, PgType]:
    """The types that queries send or receive, and what those are made of, elements first."""
    roots: dict[str, PgType] = {}
    for query in queries:
        roots.update((parameter.type.name, parameter.type) for parameter in query.parameters)
        roots.update((column.type.name, column.type) for column in query.columns)
    # in the order of their names, so that moving a query changes nothing
    found = parts_of(introspection.types, (roots[name] for name in sorted(roots)))
    if "record" in found:
        # its parts tell their types at run time only
        found |= parts_of(introspection.types, introspection.catalog.types)
    return found


def python_names(query: AnalysedQuery, namespace: Namespace) -> tuple[list[str], list[str]]:
    """The Python types of a query's parameters and columns, as ``inspect`` shows them."""
    return (
        [plain(namespace.parameter(each)) for each in query.parameters],
        [plain(namespace.result(each)) for each in query.columns],
    )


def _by_module(
    namespace: Namespace, queries: Iterable[AnalysedQuery]
) -> Iterator[tuple[str, list[str], list[AnalysedQuery]]]:
    """The modules' dotted names, files and queries; for sqlc, a schema's subpackage has the name already."""
    packages = {unit.package for unit in namespace.units}
    grouped: dict[str, tuple[dict[str, None], list[AnalysedQuery]]] = {}
    for query in queries:
        file, module = query.source.file, query.source.module
        name = f"{module}_queries" if file.is_sqlc and module in packages else module
        paths, members = grouped.setdefault(name, ({}, []))
        paths[f"the {_kind(namespace, file.path)} {file.path}" if file.is_made else file.path] = None
        members.append(query)
    for name, (paths, members) in grouped.items():
        yield name, list(paths), members


def _kind(namespace: Namespace, relation: str) -> str:
    return namespace.introspection.catalog.by_qualified_name[relation].kind


def _clashing_modules(namespace: Namespace, queries: Iterable[AnalysedQuery]) -> list[Diagnostic]:
    """Query files that would be the module of another one, or have the name of a schema's subpackage."""
    findings = []
    seen = {unit.package: f"the schema {unit.schema}" for unit in namespace.units if unit.package}
    files = dict.fromkeys(query.source.file for query in queries)
    for file in files:
        if file.is_sqlc or file.is_made:
            continue
        stem = module_stem(file.path)
        if stem in seen:
            message = f"would become the module {stem}, as {seen[stem]} does"
            findings.append(Diagnostic(file.path, 0, 0, message, hint="rename the file"))
        seen.setdefault(stem, file.path)
    return findings


def _unnamed_types(namespace: Namespace, queries: Iterable[AnalysedQuery]) -> Iterator[Diagnostic]:
    """Queries with an enum or composite type that no module has a class for."""
    for query in queries:
        for type_ in used_types(namespace.introspection, [query]).values():
            if not namespace.has_class(type_):
                message = f"query {query.source.name} uses the type {type_.name}, for which there is no class"
                yield query.source.diagnostic(message, hint=_way_to_a_class(type_))


def _way_to_a_class(type_: PgType) -> str:
    if type_.extension:
        return f"it belongs to the extension {type_.extension}: cast to text, or select the parts"
    return f'add "{type_.schema}" to tool.janua.schemas in pyproject.toml'


def _enums(unit: Unit) -> ModuleModel:
    classes = tuple(
        EnumClass(name, type_.comment or f"The enum ``{type_.name}``.", _members(type_)) for name, type_ in unit.enums
    )
    return ModuleModel(
        path=unit.path("enums.py"),
        subject=f"Enums of schema {unit.schema}",
        source="the migrations",
        imports=("from janua.types import OpenEnum as _OpenEnum",) if classes else (),
        enums=classes,
    )


def _members(type_: PgType) -> tuple[tuple[str, str], ...]:
    members = names.distinct(names.member_name(label) for label in type_.labels)
    return tuple(zip(members, type_.labels, strict=True))


def _models(namespace: Namespace, unit: Unit, shared: ClassTable | None) -> ModuleModel:
    rows = [_model(model, unit) for model in namespace.models(unit)]
    rows += [_local(each, unit) for each in shared.classes.values()] if shared is not None else []
    fields = [FIELD] if any(field.key for row in rows for field in row.fields) else []
    new_types = [_new_type(namespace, name, type_, unit) for name, type_ in namespace.new_types(unit)]
    used = aliases([*(field.annotation for row in rows for field in row.fields), *(each.base for each in new_types)])
    lines, own_modules = namespace.imports({*used, *(["_t"] if new_types else [])}, unit)
    if own_modules:
        lines += LAZY
    return ModuleModel(
        path=unit.path("models.py"),
        subject=f"Rows of the tables, views and composite types of schema {unit.schema}",
        source="the migrations",
        imports=import_block([FUTURE, *([DATACLASS] if rows else []), *fields, *lines]) if rows or new_types else (),
        rows=tuple(rows),
        new_types=tuple(new_types),
        own_modules=own_modules,
    )


def _new_type(namespace: Namespace, name: str, type_: PgType, unit: Unit) -> NewType:
    [base] = local([namespace.new_type_base(type_)], [], unit.alias("models"))
    return NewType(name, type_.comment or f"A value of the domain ``{type_.name}``.", base)


def _model(model: ModelClass, unit: Unit) -> RowClass:
    fields = names.distinct(names.field_name(column) for column, _ in model.columns)
    annotations = unshadowed([annotation for _, annotation in model.columns], fields)
    return _local(RowClass(model.name, model.doc, tuple(map(Field, fields, annotations))), unit)


def _local(row: RowClass, unit: Unit) -> RowClass:
    """The class as it is written in the module ``models`` itself."""
    fields = [field.name for field in row.fields]
    annotations = local([field.annotation for field in row.fields], fields, unit.alias("models"))
    return RowClass(row.name, row.doc, tuple(map(Field, fields, annotations, (field.key for field in row.fields))))


def _type_entries(namespace: Namespace, types: Mapping[str, PgType]) -> list[TypeEntry]:
    entries = (_type_entry(type_, namespace) for type_ in types.values())
    return [entry for entry in entries if entry is not None]


def _type_entry(type_: PgType, namespace: Namespace) -> TypeEntry | None:
    name = namespace.qualified_name(type_)

    def wire_name(type_name: str) -> str:
        return namespace.wire_name(namespace.type_map.named(type_name))

    match type_.kind:
        case "enum":
            return TypeEntry("EnumType", name, namespace.class_of(type_))
        case "composite":
            fields = [f"({literal(each)}, {literal(wire_name(type_name))})" for each, type_name in type_.fields]
            arguments = (f"({', '.join(fields)},)",) if fields else ()
            return TypeEntry("CompositeType", name, namespace.class_of(type_), arguments)
        case "range" if not type_.builtin:
            subtype, multirange = wire_name(type_.subtype), wire_name(type_.multirange)
            return TypeEntry("RangeType", name, arguments=(literal(subtype), literal(multirange)))
        case "domain" if type_.schema != "pg_catalog":
            return TypeEntry("DomainType", name, arguments=(literal(namespace.wire_name(type_)),))
        case "base" if form := namespace.type_map.form(type_):
            return TypeEntry("FormType", name, arguments=(literal(form),))
        case "base" if not type_.builtin:
            return TypeEntry("TextType", name, arguments=(literal(type_.delimiter),) if type_.delimiter else ())
        case _:
            return None
