"""
The modules ``factories``: a function for each table that makes a valid row, and what it has to know for that.

They stand on the modules ``tables``, which have the columns and their types already. Only what an INSERT must
respect is added here: what has to be given, the conditions, and the rows that foreign keys ask for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from janua.testing.factories.declared import Check, Column

from janua_generator import names
from janua_generator.analysis.syntax import parse
from janua_generator.analysis.values import base_type
from janua_generator.annotations import aliases, optional, unshadowed
from janua_generator.catalog import model as catalog
from janua_generator.catalog.identifiers import quoted
from janua_generator.classes import Unit
from janua_generator.conditions import check_of, condition_of
from janua_generator.imports import FUTURE, LAZY, import_block
from janua_generator.model import FactoryClass, FactoryParent, Field, ModuleModel, TableClass
from janua_generator.namespace import Namespace
from janua_generator.operands import constant_of
from janua_generator.partitions import partition_checks

_IMPORTS = (
    FUTURE,
    "import typing as _t",
    "from janua.testing import factories as _q",
    "from . import tables as _tb",
)
_MODIFIER = re.compile(r"\((\d+(?:,-?\d+)*)\)")
_MADE = ("table", "partitioned table")


class FactoryNames:
    """What the factories of a package are called: one for each of ``tables`` that has all its columns."""

    def __init__(self, units: Sequence[Unit], tables: Mapping[str, Sequence[TableClass]]) -> None:
        self.units = units
        self.tables = {unit.schema: self._made(unit, tables[unit.schema]) for unit in units}
        self.constants: dict[str, str] = {}
        self.functions: dict[str, str] = {}
        for unit in units:
            found = self.tables[unit.schema]
            constants = names.distinct(["ALL", *(names.field_name(each.relation).upper() for _, each, _ in found)])[1:]
            functions = names.distinct(f"make_{names.snake_case(model)}" for model, _, _ in found)
            for (_, table, _), constant, function in zip(found, constants, functions, strict=True):
                self.constants[f"{unit.schema}.{table.relation}"] = constant
                self.functions[f"{unit.schema}.{table.relation}"] = function

    @staticmethod
    def _made(unit: Unit, tables: Sequence[TableClass]) -> list[tuple[str, TableClass, catalog.Relation]]:
        known = {each.relation: each for each in tables if each.is_whole}
        return [
            (model, known[relation.name], relation)
            for model, relation in unit.relations
            if relation.kind in _MADE and relation.name in known
        ]

    def reference(self, relation: str, at: Unit) -> str:
        """The expression for another table's factory in the module of ``at``, or nothing where there is none."""
        constant = self.constants.get(relation)
        if constant is None:
            return ""
        unit = self._unit_of(relation)
        return constant if unit is at else f"{_alias(unit)}.{constant}"

    def _unit_of(self, relation: str) -> Unit:
        return next(
            unit for unit in self.units for _, _, each in self.tables[unit.schema] if each.qualified == relation
        )


def _alias(unit: Unit) -> str:
    return f"_{unit.package}_fs" if unit.package else "_fs"


def factories_module(namespace: Namespace, unit: Unit, named: FactoryNames) -> ModuleModel:
    """Return the module of the factories of one schema's tables."""
    made = [_Factory(namespace, unit, named, *each).build() for each in named.tables[unit.schema]]
    fields = [field.annotation for each in made for field in each.fields]
    needed, own_modules = namespace.imports(aliases([*fields, *(each.row for each in made)]) - {"_t", "_q"}, unit)
    targets = {parent.target.partition(".")[0] for each in made for parent in each.parents if "." in parent.target}
    others = [_import(other, unit) for other in named.units if _alias(other) in targets]
    lines = [*_IMPORTS, *needed, *others, *(LAZY if own_modules else ())]
    return ModuleModel(
        path=unit.path("factories.py"),
        subject=f"Rows for tests: what makes a valid row of each table of schema {unit.schema}",
        source="the migrations",
        imports=import_block(lines) if made else (FUTURE, "", *_IMPORTS[1:3]),
        own_modules=own_modules,
        factories=tuple(made),
    )


def _import(unit: Unit, at: Unit) -> str:
    return f"from {'..' if at.package else '.'}{unit.package} import factories as {_alias(unit)}"


class _Factory:
    """Puts one table's factory together."""

    def __init__(
        self,
        namespace: Namespace,
        unit: Unit,
        named: FactoryNames,
        model: str,
        table: TableClass,
        relation: catalog.Relation,
    ) -> None:
        self._namespace = namespace
        self._unit = unit
        self._named = named
        self._model = model
        self._table = table
        self._relation = relation
        self._catalog = namespace.introspection.catalog
        self._attributes = {
            column.name: declared.name for column, declared in zip(relation.columns, table.columns, strict=True)
        }

    def build(self) -> FactoryClass:
        """Return it."""
        return FactoryClass(
            name=self._named.constants[self._relation.qualified],
            function=self._named.functions[self._relation.qualified],
            class_name=f"{self._model.rstrip('_')}Overrides",
            doc=f"Insert a valid row into ``{self._relation.name}`` and return it; what is given stays as it is.",
            relation=self._relation.qualified,
            table=self._table.name,
            row=self._table.row,
            fields=tuple(self._fields()),
            columns=tuple(each for each in map(self._column, self._relation.columns) if each[1:] != Column("")[1:]),
            checks=tuple(self._checks()),
            parents=tuple(self._parents()),
            ignores_conflicts=not self._relation.has_rules and not any(map(_is_late, self._relation.constraints)),
        )

    def _fields(self) -> Iterator[Field]:
        given = [each for each in self._relation.columns if not each.generated and each.identity != "always"]
        fields = [self._attributes[each.name] for each in given]
        annotations = [
            optional(self._namespace.stored(self._relation, each).parameter, not self._is_not_null(each))
            for each in given
        ]
        shown = unshadowed(annotations, fields)
        yield from (Field(name, f"{each} | _q.Unset") for name, each in zip(fields, shown, strict=True))

    def _is_not_null(self, column: catalog.Column) -> bool:
        is_required = (self._relation.qualified, column.name) in self._namespace.introspection.required
        return is_required or any(each.not_null for each in self._domains(column.type))

    def _domains(self, type_name: str) -> Iterator[catalog.PgType]:
        """The domain that a type is, and those that it is over in turn."""
        type_ = self._namespace.type_map.named(type_name)
        while type_.kind == "domain":
            yield type_
            type_ = self._namespace.type_map.named(type_.base)

    def _column(self, column: catalog.Column) -> Column:
        domains = list(self._domains(column.type))
        is_fixed = bool(column.generated or column.identity == "always")
        has_default = bool(column.default or column.identity or any("DEFAULT" in each.definition for each in domains))
        return Column(
            self._attributes[column.name],
            is_required=self._is_not_null(column) and not has_default and not is_fixed,
            has_default=has_default and not is_fixed,
            default=_constant(column.default),
            is_fixed=is_fixed,
            is_unique=self._is_unique(column.name),
            modifier=_modifier([column.declared, *(each.definition.partition(" CHECK ")[0] for each in domains)]),
            items=tuple(self._items(column)),
        )

    def _is_unique(self, name: str) -> bool:
        if any(name in key.columns for key in self._relation.keys):
            return True
        texts = [text for key in self._relation.keys for text in key.expressions]
        texts += [each.definition for each in self._relation.constraints if each.kind == "exclusion"]
        word = re.compile(rf"(?<![\w\"]){re.escape(quoted(name))}(?![\w\"])")
        return any(word.search(text) for text in texts)

    def _items(self, column: catalog.Column) -> Iterator[Check]:
        array = self._namespace.type_map.named(base_type(column.type, self._namespace.introspection.types))
        if array.kind == "array":
            for domain in self._domains(array.element):
                yield from self._domain_checks(domain, "value")

    def _checks(self) -> Iterator[Check]:
        for each in self._relation.constraints:
            if each.kind == "check":
                yield check_of(each.name, condition_of(each.definition), self._attributes)
        for column in self._relation.columns:
            for domain in self._domains(column.type):
                yield from self._domain_checks(domain, self._attributes[column.name])
        yield from partition_checks(self._catalog, self._relation, self._attributes)

    def _domain_checks(self, domain: catalog.PgType, attribute: str) -> Iterator[Check]:
        for each in self._namespace.introspection.enforced:
            if each.of_domain and (each.schema, each.owner) == (domain.schema, domain.typname):
                yield check_of(each.name, condition_of(each.definition), {"value": attribute})

    def _parents(self) -> Iterator[FactoryParent]:
        definitions = {each.name: each.definition for each in self._relation.constraints}
        for key in self._relation.foreign_keys:
            other = self._catalog.by_qualified_name.get(key.references)
            target = self._named.reference(key.references, self._unit)
            yield FactoryParent(
                key.name,
                tuple(self._attributes[each] for each in key.columns),
                target,
                self._referenced(key, other) if target and other is not None else key.referenced_columns,
                is_full="MATCH FULL" in definitions.get(key.name, ""),
                is_late="INITIALLY DEFERRED" in definitions.get(key.name, ""),
            )

    def _referenced(self, key: catalog.ForeignKey, other: catalog.Relation) -> tuple[str, ...]:
        table = next(each for _, each, known in self._named.tables[other.schema] if known is other)
        attributes = {column.name: each.name for column, each in zip(other.columns, table.columns, strict=True)}
        return tuple(attributes[each] for each in key.referenced_columns)


def _is_late(constraint: catalog.Constraint) -> bool:
    """Whether the constraint may be checked at the end of the transaction, which ON CONFLICT does not take."""
    is_key = constraint.kind in ("primary key", "unique", "exclusion")
    return is_key and " DEFERRABLE" in constraint.definition.replace("NOT DEFERRABLE", "")


def _constant(default: str) -> str | None:
    tree = parse(f"SELECT {default}") if default else None
    return constant_of(tree.expressions[0]) if tree is not None and tree.expressions else None


def _modifier(declarations: Iterable[str]) -> tuple[int, ...]:
    found = next((match for each in declarations if (match := _MODIFIER.search(each))), None)
    return tuple(map(int, found[1].split(","))) if found is not None else ()
