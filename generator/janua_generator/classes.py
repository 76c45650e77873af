"""Names a class for each enum, composite type and relation, a schema after the other, and finds the clashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeAlias

from janua.config import Project
from janua.diagnostics import Diagnostic
from janua.errors import ConfigError

from janua_generator import names
from janua_generator.annotations import BUILTINS
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType, Relation

_Types: TypeAlias = list[tuple[str, PgType]]


@dataclass(frozen=True, slots=True)
class Unit:
    """
    One schema's classes by their names. ``package`` is empty for the first schema, else the subpackage's name.

    ``domains`` are those that become a ``NewType`` in ``models``, bases first.
    """

    schema: str
    package: str
    enums: tuple[tuple[str, PgType], ...]
    composites: tuple[tuple[str, PgType], ...]
    relations: tuple[tuple[str, Relation], ...]
    domains: tuple[tuple[str, PgType], ...] = ()

    def path(self, file: str) -> PurePosixPath:
        """The path of one of its modules in the package."""
        return PurePosixPath(self.package) / file

    def alias(self, module: str) -> str:
        """The private name under which its ``enums`` or ``models`` module is imported."""
        return f"_{self.package}_{module[0]}" if self.package else f"_{module[0]}"


def name_classes(
    project: Project, introspection: Introspection, used: Iterable[PgType]
) -> tuple[tuple[Unit, ...], tuple[Diagnostic, ...]]:
    """
    Return each schema's classes, and the clashes between them.

    A table's row type gets a class only where it is ``used``. Raises ConfigError where ``rename``
    names nothing that exists, or a class that would be in the way.
    """
    namer = _Namer(project, introspection, list(used))
    units = tuple(namer.unit(schema, is_first=at == 0) for at, schema in enumerate(introspection.catalog.schemas))
    namer.check_renames()
    namer.check_packages(units)
    return units, tuple(namer.clashes)


class _Namer:
    def __init__(self, project: Project, introspection: Introspection, used: list[PgType]) -> None:
        self._rename: Mapping[str, str] = project.rename
        self._is_sqlc = project.sqlc
        self._has_new_types = project.domains == "newtype"
        self._catalog = introspection.catalog
        self._used = used
        self._applied: set[str] = set()
        self.clashes: list[Diagnostic] = []

    def unit(self, schema: str, *, is_first: bool) -> Unit:
        """Name the classes of one schema."""
        own = [type_ for type_ in self._catalog.types if type_.schema == schema]
        enums = [(self._type_class(each), each) for each in own if each.kind == "enum"]
        composites = [(self._type_class(each), each) for each in own if each.kind == "composite"]
        composites += [
            (f"{self._relation_class(schema, each.typname)}Record", each)
            for each in self._used
            if each.schema == schema and each.relation
        ]
        domains = [(self._type_class(each), each) for each in own if each.kind == "domain" and self._has_new_types]
        relations = [
            (self._relation_class(schema, each.name), each)
            for each in self._catalog.relations
            if each.schema == schema and not each.partition_bound
        ]
        if self._is_sqlc:
            enums, composites, relations, domains = self._distinct(enums, composites, relations, domains)
        self._find_clashes(schema, [(name, each.typname) for name, each in enums])
        models = [(name, each.typname) for name, each in composites] + [(name, each.name) for name, each in relations]
        self._find_clashes(schema, models + [(name, each.typname) for name, each in domains])
        package = "" if is_first else names.module_name(schema)
        return Unit(schema, package, tuple(enums), tuple(composites), tuple(relations), tuple(domains))

    def _type_class(self, type_: PgType) -> str:
        return self._renamed(type_.schema, type_.typname) or names.class_name(type_.typname)

    def _relation_class(self, schema: str, name: str) -> str:
        return self._renamed(schema, name) or names.relation_class(name)

    @staticmethod
    def _distinct(
        enums: _Types, composites: _Types, relations: list[tuple[str, Relation]], domains: _Types
    ) -> tuple[_Types, _Types, list[tuple[str, Relation]], _Types]:
        """The same with an underscore where a name was there already: nobody can rename a table for this."""
        models = iter(names.distinct(name for name, _ in (*composites, *relations, *domains)))
        return (
            list(zip(names.distinct(name for name, _ in enums), (each for _, each in enums), strict=True)),
            [(next(models), each) for _, each in composites],
            [(next(models), each) for _, each in relations],
            [(next(models), each) for _, each in domains],
        )

    def _renamed(self, schema: str, name: str) -> str:
        head, separator, last = name.rpartition("_")
        # sqlc looks for the name of the class that it would have made
        sqlc_keys = (head + separator + names.singular(last),) if self._is_sqlc else ()
        for key in (f"{schema}.{name}", name, *sqlc_keys):
            if key in self._rename and not (self._is_sqlc and _is_reserved(self._rename[key])):
                self._applied.add(key)
                return self._rename[key]
        return ""

    def _find_clashes(self, schema: str, named: list[tuple[str, str]]) -> None:
        seen: dict[str, str] = {}
        for name, origin in named:
            if name in seen:
                message = f"{schema}.{seen[name]} and {schema}.{origin} would both become the class {name}"
                hint = f'add to [tool.janua.rename]: "{schema}.{origin}" = "{name}2", or any other name'
                self.clashes.append(Diagnostic("pyproject.toml", 0, 0, message, hint=hint))
            seen.setdefault(name, origin)

    def check_packages(self, units: Iterable[Unit]) -> None:
        """Find two schemas that would be one subpackage."""
        seen: dict[str, str] = {}
        for unit in units:
            if unit.package in seen:
                message = f"the schemas {seen[unit.package]} and {unit.schema} would both become {unit.package}"
                hint = "leave one of them out of tool.janua.schemas"
                self.clashes.append(Diagnostic("pyproject.toml", 0, 0, message, hint=hint))
            seen.setdefault(unit.package, unit.schema)

    def check_renames(self) -> None:
        """Refuse a rename of something that does not exist, and one to a name that the modules need."""
        # sqlc renames columns and labels with the same keys
        for key, name in () if self._is_sqlc else self._rename.items():
            place = f"pyproject.toml: tool.janua.rename.{key}"
            if key not in self._applied:
                raise ConfigError(f"{place}: there is no such table or type")
            if _is_reserved(name):
                raise ConfigError(f'{place}: "{name}" means something else in the generated modules')


def _is_reserved(name: str) -> bool:
    return name.startswith("_") or name == "dataclass" or name in BUILTINS
