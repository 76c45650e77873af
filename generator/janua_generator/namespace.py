"""
Which class stands for which object of the database, and from which module it comes.

The first schema's enums and models are modules of the package itself; every further schema is
a subpackage with its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from janua.config import Project
from janua.diagnostics import Diagnostic

from janua_generator.analysis.parameters import Parameter
from janua_generator.analysis.result import ResultColumn
from janua_generator.analysis.statements import columns_of
from janua_generator.analysis.values import base_type
from janua_generator.annotations import aliases, is_union_or_final, optional
from janua_generator.catalog.identifiers import quoted
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Column, PgType, Relation, parts_of
from janua_generator.classes import Unit, name_classes
from janua_generator.names import field_name
from janua_generator.overrides.resolved import Overrides
from janua_generator.typemap import IMPORTS, TypeMap

_CONTAINERS = {"dict": "dict[str, _j.Json]", "list": "list[_j.Json]"}
"""JSON of which no more is said."""


@dataclass(frozen=True, slots=True)
class ModelClass:
    """A class of a ``models`` module; ``columns`` are (name in SQL, annotation)."""

    name: str
    doc: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StoredType:
    """A column's annotations, as a result and as a parameter, and the type of the project's own (``module:Name``)."""

    result: str
    parameter: str
    own: str = ""


@dataclass(frozen=True)
class Namespace:
    """
    The classes of all schemas, and those of the project's own that are put in the place of usual ones.

    ``used`` are the types that queries use; ``clashes`` what must be renamed.
    """

    introspection: Introspection
    units: tuple[Unit, ...]
    used: Mapping[str, PgType]
    clashes: tuple[Diagnostic, ...]
    overrides: Overrides
    exact_intervals: bool = False
    _own_modules: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, project: Project, introspection: Introspection, used: Mapping[str, PgType]) -> Namespace:
        """Name every class. Raises ConfigError where ``rename`` names nothing that exists."""
        units, clashes = name_classes(project, introspection, used.values())
        overrides = Overrides.of(project, introspection)
        return cls(introspection, units, used, clashes, overrides, project.intervals == "exact")

    @cached_property
    def type_map(self) -> TypeMap:
        """The mapping of types that knows these classes."""
        return TypeMap(self.introspection.types, self.class_of, self.exact_intervals, self._new_type_of)

    @cached_property
    def _classes(self) -> Mapping[str, str]:
        """The enums and composites by ``format_type``'s spelling."""
        enums = {type_.name: f"{unit.alias('enums')}.{name}" for unit in self.units for name, type_ in unit.enums}
        composites = {
            type_.name: f"{unit.alias('models')}.{name}" for unit in self.units for name, type_ in unit.composites
        }
        return enums | composites

    @cached_property
    def _models(self) -> Mapping[str, tuple[str, ModelClass]]:
        """The relations' classes by ``schema.name``, each with its annotation."""
        return {
            relation.qualified: (f"{unit.alias('models')}.{name}", self._relation_model(name, relation))
            for unit in self.units
            for name, relation in unit.relations
        }

    @cached_property
    def _new_types(self) -> Mapping[str, str]:
        """The domains that are types of their own, by ``format_type``'s spelling."""
        return {type_.name: f"{unit.alias('models')}.{name}" for unit in self.units for name, type_ in unit.domains}

    def _new_type_of(self, type_: PgType) -> str:
        return self._new_types.get(type_.name, "") if self.new_type_base(type_) else ""

    def new_type_base(self, type_: PgType) -> str:
        """
        The annotation that a domain is a new type of; nothing where Python allows none of it.

        And where it would be a class of another schema: those modules may import this one.
        """
        annotation = self.type_map.python(self.type_map.named(type_.base)).result
        elsewhere = {unit.alias("models") for unit in self.units if unit.schema != type_.schema}
        innermost = self.type_map.named(base_type(type_.base, self.introspection.types))
        is_impossible = innermost.kind == "enum" or is_union_or_final(annotation) or elsewhere & aliases([annotation])
        return "" if is_impossible else annotation

    def new_types(self, unit: Unit) -> list[tuple[str, PgType]]:
        """The domains of a schema that are types of their own, bases before what is made of them."""

        def depth(type_: PgType) -> int:
            inner = type_.base or type_.element or type_.subtype
            return 1 + depth(self.type_map.named(inner)) if inner else 0

        found = [(name, type_) for name, type_ in unit.domains if self.new_type_base(type_)]
        return sorted(found, key=lambda each: depth(each[1]))

    def result(self, column: ResultColumn) -> str:
        """
        The annotation of a column that is not NULL.

        The server sends a domain as its base type: what a table's column is declared with says more.
        """
        if column.python:
            return self._own(column.python, column.type, "list")
        relation = self.introspection.catalog.by_qualified_name.get(column.relation)
        origin = relation.by_name.get(column.column) if relation is not None else None
        if origin is not None and self.type_map.named(origin.type).kind == "domain":
            return self._annotation(origin.type)
        if column.holds_nulls:
            element = self.type_map.named(column.type.element)
            return f"list[{optional(self.type_map.python(element).result)}]"
        return self.type_map.python(column.type).result

    def parameter(self, parameter: Parameter) -> str:
        """The annotation of a parameter that is not NULL: the domain of the column that it meets, if it has one."""
        if parameter.python:
            return self._own(parameter.python, parameter.type, "_abc.Sequence")
        own = self.type_map.python(parameter.type).parameter
        met = self.type_map.named(parameter.meets)
        if met.kind != "domain":
            return own
        sent, declared = self.wire_name(parameter.type), self.wire_name(met)
        if sent == declared:
            return self.type_map.python(met).parameter
        return f"_abc.Sequence[{self.type_map.python(met).parameter}]" if sent == f"{declared}[]" else own

    def has_class(self, type_: PgType) -> bool:
        """Whether a value of the type can be made: an enum or composite needs a class."""
        return type_.kind not in ("enum", "composite") or type_.name in self._classes

    def is_made(self, type_: PgType) -> bool:
        """Whether a value can be made of the type and of all its parts."""
        return all(map(self.has_class, parts_of(self.introspection.types, [type_]).values()))

    def class_of(self, type_: PgType) -> str:
        """The annotation of an enum or composite."""
        return self._classes.get(type_.name, "object")

    def models(self, unit: Unit) -> list[ModelClass]:
        """The classes of a schema's ``models`` module."""
        composites = [self._composite_model(name, type_) for name, type_ in unit.composites]
        return composites + [self._models[relation.qualified][1] for _, relation in unit.relations]

    def _composite_model(self, name: str, type_: PgType) -> ModelClass:
        fields = ((each, optional(self._annotation(type_name))) for each, type_name in type_.fields)
        described = (
            f"A row of ``{type_.name}`` as a value" if type_.relation else f"A value of the type ``{type_.name}``"
        )
        return ModelClass(name, type_.comment or f"{described}.", tuple(fields))

    def _relation_model(self, name: str, relation: Relation) -> ModelClass:
        outputs = columns_of(relation, self.introspection)
        columns = (
            (column.name, optional(self._column_annotation(relation, column), output.value.nullable))
            for column, output in zip(relation.columns, outputs, strict=True)
        )
        doc = relation.comment or f"A row of the {relation.kind} ``{relation.name}``."
        return ModelClass(name, doc, tuple(columns))

    def _column_annotation(self, relation: Relation, column: Column) -> str:
        python = self.overrides.of_column(relation.qualified, column)
        return self._own(python, self.type_map.named(column.type), "list") if python else self._annotation(column.type)

    def stored(self, relation: Relation, column: Column) -> StoredType:
        """What a column of a relation gives and takes where it is not NULL."""
        type_ = self.type_map.named(column.type)
        usual = self.type_map.python(type_)
        own = self.overrides.of_column(relation.qualified, column)
        if not own:
            return StoredType(usual.result, usual.parameter)
        return StoredType(self._own(own, type_, "list"), self._own(own, type_, "_abc.Sequence"), own)

    def _own(self, python: str, type_: PgType, many: str) -> str:
        """The annotation of a value of a type of the project's own; in an array, of ``many`` of them."""
        module, _, name = python.rpartition(":")
        annotation = f"{self._own_alias(module)}.{name}" if module else _CONTAINERS.get(name, name)
        inner = self.type_map.named(base_type(type_.name, self.introspection.types))
        return f"{many}[{annotation}]" if inner.kind == "array" else annotation

    def _own_alias(self, module: str) -> str:
        alias = f"_py_{module.replace('.', '_')}"
        while self._own_modules.setdefault(alias, module) != module:
            alias += "_"
        return alias

    def imports(self, used: Iterable[str], at: Unit | None) -> tuple[list[str], tuple[tuple[str, str], ...]]:
        """
        What a module needs that uses these aliases: the lines of its imports, and the modules of the project's
        own by their aliases. These may import the package in their turn.
        """
        own = {alias: self._own_modules[alias] for alias in used if alias in self._own_modules}
        return [self.import_line(each, at) for each in used if each not in own], tuple(sorted(own.items()))

    def _annotation(self, type_name: str) -> str:
        return self.type_map.python(self.type_map.named(type_name)).result

    def model_of(self, columns: Sequence[ResultColumn], annotations: Sequence[str]) -> str | None:
        """
        The model that these columns are exactly: all of one relation, in its order, as nullable as there.

        Where ``*`` was asked for, a model whose column may be None will do for one that is proven not to be.
        """
        origins = {column.relation for column in columns}
        found = self._models.get(origins.pop()) if len(origins) == 1 else None
        if found is None:
            return None
        name, model = found
        expected = [column for column, _ in model.columns]
        same_columns = [each.column for each in columns] == expected == [each.name for each in columns]
        same_types = (
            all(
                wanted in (annotation, optional(annotation) if column.starred else annotation)
                for column, annotation, (_, wanted) in zip(columns, annotations, model.columns, strict=True)
            )
            if same_columns
            else False
        )
        return name if same_types else None

    def model_of_row(self, relation: str, columns: Sequence[str], annotations: Sequence[str]) -> str | None:
        """The model of a relation, where a row of it has just these columns and is typed as the model is."""
        found = self._models.get(relation)
        if found is None or list(zip(columns, annotations, strict=True)) != list(found[1].columns):
            return None
        return found[0]

    def model_class(self, relation: str) -> str:
        """The annotation of a relation's rows; it is named as ``schema.name``."""
        return self._models[relation][0]

    def model_called(self, name: str) -> list[tuple[str, str]] | None:
        """The fields of the class of this name in the package's own ``models``; a domain's type has none."""
        found = next((model for model in self.models(self.units[0]) if model.name == name), None)
        if found is None:
            return [] if any(name == each for each, _ in self.units[0].domains) else None
        return [(field_name(column), annotation) for column, annotation in found.columns]

    def import_line(self, alias: str, at: Unit | None) -> str:
        """The line that imports what an alias stands for, into the package or into a module of the schema ``at``."""
        if alias in IMPORTS:
            return IMPORTS[alias]
        unit, module = next(
            (unit, module) for unit in self.units for module in ("enums", "models") if alias == unit.alias(module)
        )
        inside = at.package if at is not None else ""
        if unit.package == inside:
            return f"from . import {module} as {alias}"
        up = ".." if inside else "."
        return f"from {up}{unit.package} import {module} as {alias}"

    def wire_name(self, type_: PgType) -> str:
        """
        The type as values of it travel: a domain's base, as ``format_type`` spells it.

        With the schema of all that is not PostgreSQL's own, whatever the search path: as the registry has it.
        """
        if type_.kind == "domain":
            return self.wire_name(self.type_map.named(type_.base))
        if type_.kind == "array":
            return f"{self.wire_name(self.type_map.named(type_.element))}[]"
        return type_.name if type_.builtin or not type_.schema else self.qualified_name(type_)

    def qualified_name(self, type_: PgType) -> str:
        """``schema.name``, quoted where it must be, as ``to_regtype`` reads it."""
        return quoted(type_.schema, type_.typname)
