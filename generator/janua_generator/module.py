"""
The generated package as data: analysed queries and the catalog to :class:`PackageModel`.

Templates see these classes and nothing else. Every name is final here: what is a keyword, what
clashes, which class a row is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from janua.config import Project
from janua.diagnostics import Diagnostic

from janua_generator import names
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.parameters import Parameter
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType
from janua_generator.diagnostics import GenerationFailed
from janua_generator.namespace import Namespace, Unit
from janua_generator.sqlfile.model import Cardinality, SourceQuery
from janua_generator.typemap import IMPORTS, plain

_BUILTIN_TYPES = re.compile(r"(?<![\w.])(int|str|float|bool|bytes|list|dict|tuple|object)\b")
_ALIAS = re.compile(r"(?<![\w.])(_[a-z]\w*)\.")

_METHODS = {
    Cardinality.ONE: "fetch_one",
    Cardinality.OPTIONAL: "fetch_optional",
    Cardinality.MANY: "fetch_all",
    Cardinality.NONE: "execute",
    Cardinality.AFFECTED: "affected",
}


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute of a row class, or a parameter of a function."""

    name: str
    annotation: str


@dataclass(frozen=True, slots=True)
class RowClass:
    """A dataclass whose fields are a result's columns by position."""

    name: str
    doc: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class EnumClass:
    """An enum of the database: members as (name, label)."""

    name: str
    doc: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FunctionModel:
    """
    A query as a function.

    ``result`` is the type of one row, ``returns`` that of the call; ``row`` is the expression
    that builds a row, or empty for a bare value.
    """

    name: str
    constant: str
    query_name: str
    doc: str
    place: str
    parameters: tuple[Field, ...]
    arguments: tuple[str, ...]
    result: str
    returns: str
    method: str
    sql: str
    parameter_types: tuple[str, ...]
    column_types: tuple[str, ...]
    row: str
    text: bool


@dataclass(frozen=True, slots=True)
class ModuleModel:
    """A Python module; ``path`` is relative to the package."""

    path: PurePosixPath
    subject: str
    source: str
    imports: tuple[str, ...]
    rows: tuple[RowClass, ...] = ()
    functions: tuple[FunctionModel, ...] = ()
    enums: tuple[EnumClass, ...] = ()
    uses_types: bool = False


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """One entry of the registry that tells the runtime which of the database's types are which classes."""

    kind: str
    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class PackageModel:
    """The whole package."""

    modules: tuple[ModuleModel, ...]
    type_entries: tuple[TypeEntry, ...]
    type_imports: tuple[str, ...]
    subpackages: tuple[str, ...]
    frozen: bool
    warnings: tuple[Diagnostic, ...]


def build_package(project: Project, introspection: Introspection, queries: Sequence[AnalysedQuery]) -> PackageModel:
    """
    Lay out the package. Pure.

    Raises GenerationFailed with every clash of names, ConfigError for a rename of nothing.
    """
    namespace = Namespace.of(project, introspection, used_types(introspection, queries))
    findings: list[Diagnostic] = list(namespace.clashes)
    warnings: list[Diagnostic] = []
    modules = [_enums(unit) for unit in namespace.units] + [_models(namespace, unit) for unit in namespace.units]
    for path, group in _by_file(queries):
        builder = _QueryModule(namespace, path)
        modules.append(builder.build(group))
        findings += builder.findings
        warnings += builder.warnings
    findings += _same_modules(modules, queries)
    if findings:
        raise GenerationFailed(findings)
    entries = _type_entries(namespace)
    return PackageModel(
        modules=tuple(modules),
        type_entries=tuple(entries),
        type_imports=_imports((entry.argument for entry in entries), namespace, None),
        subpackages=tuple(unit.package for unit in namespace.units if unit.package),
        frozen=project.frozen,
        warnings=tuple(warnings),
    )


def used_types(introspection: Introspection, queries: Iterable[AnalysedQuery]) -> dict[str, PgType]:
    """The types that queries send or receive, and what those are made of, elements first."""
    found: dict[str, PgType] = {}

    def visit(type_: PgType) -> None:
        if type_.name in found:
            return
        parts = [type_.element, type_.base, type_.subtype, *(each for _, each in type_.fields)]
        for part in parts:
            if part and part in introspection.types:
                visit(introspection.types[part])
        found[type_.name] = type_

    for query in queries:
        for parameter in query.parameters:
            visit(parameter.type)
        for column in query.columns:
            visit(column.type)
    return found


def _by_file(queries: Sequence[AnalysedQuery]) -> list[tuple[str, list[AnalysedQuery]]]:
    grouped: dict[str, list[AnalysedQuery]] = {}
    for query in queries:
        grouped.setdefault(query.source.file.path, []).append(query)
    return list(grouped.items())


def _same_modules(modules: Sequence[ModuleModel], queries: Sequence[AnalysedQuery]) -> list[Diagnostic]:
    """Two query files that would be one module."""
    findings = []
    seen: dict[PurePosixPath, str] = {}
    for module in modules:
        other = seen.setdefault(module.path, module.source)
        if other is not module.source and other != module.source:
            query = next(each for each in queries if each.source.file.path == module.source)
            message = f"{module.source} and {other} would both become {module.path}"
            findings.append(query.source.diagnostic(message, hint="rename one of the files"))
    return findings


def _enums(unit: Unit) -> ModuleModel:
    classes = tuple(
        EnumClass(name, type_.comment or f"The enum ``{type_.name}``.", _members(type_)) for name, type_ in unit.enums
    )
    return ModuleModel(unit.path("enums.py"), f"Enums of schema {unit.schema}", "the migrations", (), enums=classes)


def _members(type_: PgType) -> tuple[tuple[str, str], ...]:
    members: dict[str, str] = {}
    for label in type_.labels:
        name = names.member_name(label)
        while name in members:
            name += "_"
        members[name] = label
    return tuple(members.items())


def _models(namespace: Namespace, unit: Unit) -> ModuleModel:
    rows = [_model(name, doc, fields) for name, doc, fields in unit.models(namespace.type_map)]
    return ModuleModel(
        unit.path("models.py"),
        f"Rows of the tables, views and composite types of schema {unit.schema}",
        "the migrations",
        _imports((field.annotation for row in rows for field in row.fields), namespace, unit),
        rows=tuple(rows),
    )


def _model(name: str, doc: str, fields: Sequence[tuple[str, str]]) -> RowClass:
    return RowClass(name, doc, _unshadowed(tuple(Field(names.field_name(each), a) for each, a in fields)))


def _unshadowed(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """A field called ``str`` would hide the type of that name from the fields beside it."""
    taken = {field.name for field in fields}

    def qualified(match: re.Match[str]) -> str:
        return f"_b.{match[1]}" if match[1] in taken else match[1]

    return tuple(replace(field, annotation=_BUILTIN_TYPES.sub(qualified, field.annotation)) for field in fields)


def _imports(annotations: Iterable[str], namespace: Namespace, at: Unit | None) -> tuple[str, ...]:
    """The import lines for the module aliases in these annotations."""
    used = {alias for annotation in annotations for alias in _ALIAS.findall(annotation)}
    shared = [IMPORTS[alias] for alias in used if alias in IMPORTS]
    own = [namespace.import_line(alias, at) for alias in used if alias not in IMPORTS]
    return tuple(sorted(shared, key=_import_order) + sorted(own))


def _import_order(line: str) -> tuple[bool, str]:
    """The standard library before the rest, each by the module's name."""
    return ("janua" in line or "psycopg" in line, line.split()[1])


class _QueryModule:
    """Builds the module of one query file, collecting findings as it goes."""

    def __init__(self, namespace: Namespace, path: str) -> None:
        self._namespace = namespace
        self._path = path
        self._stem = names.module_name(PurePosixPath(path).stem)
        self._rows: dict[str, RowClass] = {}
        self._functions: dict[str, tuple[FunctionModel, SourceQuery]] = {}
        self.findings: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []

    def build(self, queries: Iterable[AnalysedQuery]) -> ModuleModel:
        """Return the module of these queries."""
        for query in queries:
            self._add(query)
        functions = tuple(function for function, _ in self._functions.values())
        annotations = [field.annotation for row in self._rows.values() for field in row.fields]
        for function in functions:
            annotations += [field.annotation for field in function.parameters]
            annotations += [function.result, function.returns, function.row + "."]
        return ModuleModel(
            PurePosixPath(f"{self._stem}.py"),
            f"Queries on {PurePosixPath(self._path).stem.replace('_', ' ')}",
            self._path,
            _imports(annotations, self._namespace, None),
            rows=tuple(self._rows.values()),
            functions=functions,
            uses_types=bool(functions),
        )

    def _add(self, query: AnalysedQuery) -> None:
        name = names.function_name(query.source.name)
        if name in self._functions:
            other = self._functions[name][1]
            message = f"two queries are called {name}: here and in line {other.line}"
            self.findings.append(query.source.diagnostic(message, hint="rename one of them"))
            return
        function = self._function(name, query)
        if function is not None:
            self._functions[name] = (function, query.source)

    def _function(self, name: str, query: AnalysedQuery) -> FunctionModel | None:
        parameters = tuple(self._parameter(each) for each in query.parameters)
        if not self._are_distinct(query, [each.name for each in parameters], "parameters"):
            return None
        result, row = self._result(name, query)
        source = query.source
        return FunctionModel(
            name=name,
            constant=names.constant_name(name),
            query_name=f"{self._stem}.{name}",
            doc=source.doc,
            place=f"{source.file.path}:{source.line}",
            parameters=parameters,
            arguments=tuple(each.name for each in parameters),
            result=result,
            returns=_returns(query.cardinality, result),
            method=_METHODS[query.cardinality],
            sql=query.sql,
            parameter_types=tuple(self._namespace.wire_name(each.type) for each in _numbered(query.parameters)),
            column_types=tuple(self._namespace.wire_name(each.type) for each in query.columns),
            row=row,
            text=not all(self._namespace.type_map.python(each.type).binary for each in query.columns),
        )

    def _parameter(self, parameter: Parameter) -> Field:
        annotation = self._namespace.type_map.python(parameter.type).parameter
        if parameter.nullable and not _takes_none(annotation):
            annotation += " | None"
        return Field(names.parameter_name(parameter.name), annotation)

    def _are_distinct(self, query: AnalysedQuery, identifiers: list[str], what: str) -> bool:
        twice = next((each for at, each in enumerate(identifiers) if each in identifiers[:at]), None)
        if twice is None:
            return True
        message = f"two {what} of query {query.source.name} would both be called {twice} in Python"
        self.findings.append(query.source.diagnostic(message, hint="rename one of them"))
        return False

    def _result(self, name: str, query: AnalysedQuery) -> tuple[str, str]:
        """The type of a row, and the expression that builds one (empty for a bare value)."""
        if query.cardinality in (Cardinality.NONE, Cardinality.AFFECTED):
            return "None", ""
        fields = self._fields(query)
        if len(fields) == 1:
            return fields[0].annotation, ""
        model = self._namespace.model_of(query, [(each.name, each.annotation) for each in fields])
        if model is not None:
            return model, model
        if not self._are_distinct(query, [field.name for field in fields], "columns"):
            return "None", ""
        class_name = f"{names.class_name(name)}Row"
        self._rows[class_name] = RowClass(class_name, f"A row of :func:`{name}`.", _unshadowed(tuple(fields)))
        return class_name, class_name

    def _fields(self, query: AnalysedQuery) -> list[Field]:
        fields = []
        for at, column in enumerate(query.columns, start=1):
            python = self._namespace.type_map.python(column.type)
            if python.unknown:
                self._warn_unknown(query, column.name, python.unknown)
            annotation = python.result
            if column.nullable and not _takes_none(annotation):
                annotation += " | None"
            name = f"column_{at}" if column.name == "?column?" else names.field_name(column.name)
            fields.append(Field(name, annotation))
        return fields

    def _warn_unknown(self, query: AnalysedQuery, column: str, type_name: str) -> None:
        message = f'column "{column}" of query {query.source.name} has type {type_name}, which is given as str'
        self.warnings.append(query.source.diagnostic(message, severity="warning"))


def _numbered(parameters: Sequence[Parameter]) -> list[Parameter]:
    return sorted(parameters, key=lambda each: each.number)


def _takes_none(annotation: str) -> bool:
    """Whether None is among the type's own values (JSON null) or the type is None itself."""
    return annotation in ("None", "_j.Json", "_j.JsonInput")


def _returns(cardinality: Cardinality, result: str) -> str:
    match cardinality:
        case Cardinality.OPTIONAL:
            return result if result.endswith("| None") or _takes_none(result) else f"{result} | None"
        case Cardinality.MANY:
            return f"list[{result}]"
        case Cardinality.AFFECTED:
            return "int"
        case _:
            return result


def _type_entries(namespace: Namespace) -> list[TypeEntry]:
    entries = []
    for type_ in namespace.used.values():
        entry = _type_entry(type_, namespace)
        if entry is not None:
            entries.append(entry)
    return entries


def _type_entry(type_: PgType, namespace: Namespace) -> TypeEntry | None:
    name = namespace.qualified_name(type_)
    match type_.kind:
        case "enum" | "composite":
            kind = "EnumType" if type_.kind == "enum" else "CompositeType"
            return TypeEntry(kind, name, namespace.class_of(type_))
        case "range" if not type_.builtin:
            return TypeEntry("RangeType", name)
        case "domain" if type_.schema != "pg_catalog":
            return TypeEntry("DomainType", name, repr(namespace.wire_name(type_)).replace("'", '"'))
        case "base" if not type_.builtin:
            return TypeEntry("TextType", name)
        case _:
            return None


def python_names(query: AnalysedQuery, namespace: Namespace) -> tuple[list[str], list[str]]:
    """The Python types of a query's parameters and columns, as ``inspect`` shows them."""
    return (
        [plain(namespace.type_map.python(each.type).parameter) for each in query.parameters],
        [plain(namespace.type_map.python(each.type).result) for each in query.columns],
    )
