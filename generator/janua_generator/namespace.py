"""
Which class stands for which object of the database, and from which module it comes.

The first schema's enums and models are modules of the package itself; every further schema is
a subpackage with its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from janua.config import Project
from janua.diagnostics import Diagnostic
from janua.errors import ConfigError

from janua_generator import names
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.statements import columns_of
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType, Relation
from janua_generator.typemap import TypeMap

_SIMPLE = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Unit:
    """
    One schema's classes. ``package`` is empty for the first schema, else the subpackage's name.

    ``relations`` carry for each column whether it may be NULL.
    """

    schema: str
    package: str
    enums: tuple[tuple[str, PgType], ...]
    composites: tuple[tuple[str, PgType], ...]
    relations: tuple[tuple[str, Relation, tuple[bool, ...]], ...]

    def path(self, file: str) -> PurePosixPath:
        """The path of one of its modules in the package."""
        return PurePosixPath(self.package) / file if self.package else PurePosixPath(file)

    def alias(self, module: str) -> str:
        """The private name under which its ``enums`` or ``models`` module is imported."""
        return f"_{self.package}_{module[0]}" if self.package else f"_{module[0]}"

    def models(self, type_map: TypeMap) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
        """Each class of its ``models`` module: name, documentation, and (column, annotation) pairs."""
        for name, type_ in self.composites:
            fields = [
                (each, _optional(type_map.python(type_map.named(type_name)).result, True))
                for each, type_name in type_.fields
            ]
            yield name, type_.comment or f"A value of the composite type ``{type_.name}``.", fields
        for name, relation, nullable in self.relations:
            yield (
                name,
                relation.comment or f"A row of the {relation.kind} ``{relation.name}``.",
                [
                    (column.name, _optional(type_map.python(type_map.named(column.type)).result, is_nullable))
                    for column, is_nullable in zip(relation.columns, nullable, strict=True)
                ],
            )


def _optional(annotation: str, is_nullable: bool) -> str:
    if not is_nullable or annotation in ("None", "_j.Json"):
        return annotation
    return f"{annotation} | None"


@dataclass(frozen=True)
class Namespace:
    """The classes of all schemas. ``used`` are the types that queries use; ``clashes`` what must be renamed."""

    units: tuple[Unit, ...]
    used: Mapping[str, PgType]
    types: Mapping[str, PgType]
    clashes: tuple[Diagnostic, ...]
    _classes: dict[str, str] = field(default_factory=dict)
    _relations: dict[str, tuple[str, list[tuple[str, str]]]] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project, introspection: Introspection, used: Mapping[str, PgType]) -> Namespace:
        """Name every class. Raises ConfigError where ``rename`` names nothing that exists."""
        namer = _Namer(project, introspection)
        units = tuple(namer.unit(at, schema, used) for at, schema in enumerate(project.schemas))
        namer.check_renames()
        namespace = cls(units, used, introspection.types, tuple(namer.clashes))
        namespace._index()
        return namespace

    def _index(self) -> None:
        for unit in self.units:
            for name, type_ in unit.enums:
                self._classes[type_.name] = f"{unit.alias('enums')}.{name}"
            for name, type_ in unit.composites:
                self._classes[type_.name] = f"{unit.alias('models')}.{name}"
        for unit in self.units:
            names_of = {name: relation.qualified for name, relation, _ in unit.relations}
            for name, _, fields in unit.models(self.type_map):
                if name in names_of:
                    self._relations[names_of[name]] = (f"{unit.alias('models')}.{name}", fields)

    @property
    def type_map(self) -> TypeMap:
        """The mapping of types that knows these classes."""
        return TypeMap(self.types, self.class_of)

    def class_of(self, type_: PgType) -> str:
        """The annotation of an enum or composite."""
        return self._classes.get(type_.name, "str" if type_.kind == "enum" else "tuple[object, ...]")

    def model_of(self, query: AnalysedQuery, fields: Sequence[tuple[str, str]]) -> str | None:
        """The model that a result is exactly: all columns of one relation, in its order, as nullable as there."""
        origins = {column.relation for column in query.columns}
        if len(origins) != 1:
            return None
        name, model = self._relations.get(origins.pop(), ("", []))
        columns = [column for column, _ in model]
        same_columns = [column.column for column in query.columns] == columns == [c.name for c in query.columns]
        same_types = [annotation for _, annotation in fields] == [annotation for _, annotation in model]
        return name if same_columns and same_types and name else None

    def import_line(self, alias: str, at: Unit | None) -> str:
        """The line that imports ``_e``, ``_m`` or a subpackage's, from the package or from inside ``at``."""
        for unit in self.units:
            for module in ("enums", "models"):
                if alias == unit.alias(module):
                    return self._relative(unit, module, alias, at)
        raise AssertionError(f"no module is called {alias}")

    def _relative(self, unit: Unit, module: str, alias: str, at: Unit | None) -> str:
        inside = at.package if at is not None else ""
        if unit.package == inside:
            return f"from . import {module} as {alias}"
        up = ".." if inside else "."
        return f"from {up}{unit.package} import {module} as {alias}"

    def wire_name(self, type_: PgType) -> str:
        """The type as values of it travel: a domain's base, in ``format_type``'s spelling."""
        if type_.kind == "domain":
            base = self.types.get(type_.base)
            return self.wire_name(base) if base is not None else type_.base
        if type_.kind == "array":
            element = self.types.get(type_.element)
            return f"{self.wire_name(element)}[]" if element is not None else type_.name
        return type_.name

    def qualified_name(self, type_: PgType) -> str:
        """``schema.name``, quoted where it must be, as ``to_regtype`` reads it."""
        return f"{_quoted(type_.schema)}.{_quoted(type_.typname)}"


def _quoted(name: str) -> str:
    return name if _SIMPLE.fullmatch(name) else '"' + name.replace('"', '""') + '"'


class _Namer:
    """Names the classes of one schema after the other, and finds the clashes."""

    def __init__(self, project: Project, introspection: Introspection) -> None:
        self._project = project
        self._introspection = introspection
        self._applied: set[str] = set()
        self.clashes: list[Diagnostic] = []

    def unit(self, at: int, schema: str, used: Mapping[str, PgType]) -> Unit:
        """Name the classes of one schema."""
        catalog = self._introspection.catalog
        enums = [
            (self._class(schema, type_.typname, names.class_name(type_.typname)), type_)
            for type_ in catalog.types
            if type_.schema == schema and type_.kind == "enum"
        ]
        composites = [
            (self._class(schema, type_.typname, names.class_name(type_.typname)), type_)
            for type_ in catalog.types
            if type_.schema == schema and type_.kind == "composite"
        ]
        composites += [
            (f"{self._class(schema, type_.typname, names.relation_class(type_.typname))}Record", type_)
            for type_ in used.values()
            if type_.schema == schema and type_.relation
        ]
        relations = [
            (self._class(schema, each.name, names.relation_class(each.name)), each, self._nullable(each))
            for each in catalog.relations
            if each.schema == schema and not each.partition_bound
        ]
        package = "" if at == 0 else names.module_name(schema)
        self._find_clashes(schema, [(name, type_.typname) for name, type_ in enums])
        self._find_clashes(
            schema,
            [(name, type_.typname) for name, type_ in composites] + [(name, each.name) for name, each, _ in relations],
        )
        return Unit(schema, package, tuple(enums), tuple(composites), tuple(relations))

    def _class(self, schema: str, name: str, default: str) -> str:
        for key in (f"{schema}.{name}", name):
            if key in self._project.rename:
                self._applied.add(key)
                return self._project.rename[key]
        return default

    def _nullable(self, relation: Relation) -> tuple[bool, ...]:
        columns = columns_of(relation, self._introspection)
        return tuple(column.value.nullable for column in columns)

    def _find_clashes(self, schema: str, named: list[tuple[str, str]]) -> None:
        seen: dict[str, str] = {}
        for name, origin in named:
            if name in seen:
                self.clashes.append(
                    Diagnostic(
                        file="pyproject.toml",
                        line=0,
                        column=0,
                        message=f"{schema}.{seen[name]} and {schema}.{origin} would both become class {name}",
                        hint=f'add to [tool.janua.rename]: "{schema}.{origin}" = "{name}2", or any other name',
                    )
                )
            seen.setdefault(name, origin)

    def check_renames(self) -> None:
        """Refuse a rename of something that does not exist: it is a typing mistake."""
        for key in self._project.rename:
            if key not in self._applied:
                raise ConfigError(f"pyproject.toml: tool.janua.rename.{key}: there is no such table or type")
