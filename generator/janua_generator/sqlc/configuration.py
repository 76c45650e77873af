"""
What a sqlc file says of its packages: version 1 and version 2, as far as it means something here.

Schema and query paths, names, renames, and the Python types of overrides are taken. What is about Go alone
(its types, ``emit_…``, the driver) is left out; where somebody could miss it, a note says so.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from janua.config import BUILTINS, Override, find_source
from janua.diagnostics import shown_path
from janua.errors import ConfigError

from janua_generator.names import module_name
from janua_generator.sqlc.document import Document, Key, read_document

FILE_NAMES = ("sqlc.yaml", "sqlc.yml", "sqlc.json")


@dataclass(frozen=True, slots=True)
class Package:
    """One package: paths and patterns relative to the sqlc file, which name something that is there."""

    name: str
    schema: tuple[str, ...]
    queries: tuple[str, ...]
    overrides: tuple[Override, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Configuration:
    """A sqlc file: its packages for PostgreSQL, and in words what of it has no counterpart."""

    path: Path
    packages: tuple[Package, ...]
    notes: tuple[str, ...]


def read_configuration(path: Path) -> Configuration:
    """
    Read a sqlc file, or the one in a folder.

    Raises ConfigError with file, line and key: malformed YAML or JSON, another version than 1 or 2,
    no package for PostgreSQL, a wrong type, a path or pattern that names nothing.
    """
    document = read_document(_file(path))
    return _Reader(document).configuration()


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    for name in FILE_NAMES:
        if (path / name).exists():
            return path / name
    raise ConfigError(f"{shown_path(path)}: has none of {', '.join(FILE_NAMES)}")


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._root = document.path.absolute().parent
        self._notes: list[str] = []
        self._go_types = 0

    def configuration(self) -> Configuration:
        """Read all of it."""
        top = self._mapping((), self._document.value)
        version = str(top.get("version", ""))
        if version not in ("1", "2"):
            given = f'"{version}"' if version else "none"
            self._document.fail(("version",) if version else (), f"the version is {given}, not 1 or 2")
        packages = self._packages(top, "packages" if version == "1" else "sql", version)
        if self._go_types:
            count = "1 override names a Go type and is" if self._go_types == 1 else ""
            self._notes.append(f"{count or f'{self._go_types} overrides name Go types and are'} left out")
        return Configuration(self._document.path, _with_distinct_names(packages), tuple(self._notes))

    def _packages(self, top: Mapping[str, Any], key: str, version: str) -> list[tuple[str, Package]]:
        entries = top.get(key)
        if not isinstance(entries, list) or not entries:
            self._document.fail((key,), "expected a list of at least one package")
        common = top if version == "1" else self._mapping_in(top, (), "overrides").get("go") or {}
        common_key: Key = () if version == "1" else ("overrides", "go")
        common = self._mapping(common_key, common)
        found = []
        for at, entry in enumerate(entries):
            where: Key = (key, at)
            options = self._mapping(where, entry)
            if self._is_postgresql(where, options, len(entries)):
                made = list(self._options(where, options, version))
                found.append(self._package(where, options, made, (common_key, common)))
        if not found:
            self._document.fail((key,), 'no package has the engine "postgresql"')
        return found

    def _is_postgresql(self, where: Key, options: Mapping[str, Any], count: int) -> bool:
        engine = options.get("engine", "postgresql")
        if engine == "postgresql":
            return True
        if count == 1:
            self._document.fail((*where, "engine"), f'the engine "{engine}" is not supported: only "postgresql" is')
        self._notes.append(f'{where[0]}[{where[1]}] has the engine "{engine}" and is left out: only "postgresql" is')
        return False

    def _options(
        self, where: Key, options: Mapping[str, Any], version: str
    ) -> Iterator[tuple[Key, Mapping[str, Any], str]]:
        """The generators' options of an entry, each with its keys and its output folder."""
        if version == "1":
            yield where, options, str(options.get("path", ""))
            return
        for language, made in self._mapping_in(options, where, "gen").items():
            key = (*where, "gen", language)
            found = self._mapping(key, made if made is not None else {})
            yield key, found, str(found.get("out", ""))
        plugins = options.get("codegen") or []
        if not isinstance(plugins, list):
            self._document.fail((*where, "codegen"), "expected a list")
        for at, plugin in enumerate(plugins):
            key = (*where, "codegen", at)
            found = self._mapping(key, plugin)
            yield (*key, "options"), self._mapping_in(found, key, "options"), str(found.get("out", ""))

    def _package(
        self,
        where: Key,
        options: Mapping[str, Any],
        made: list[tuple[Key, Mapping[str, Any], str]],
        common: tuple[Key, Mapping[str, Any]],
    ) -> tuple[str, Package]:
        """A package, and its output folder."""
        out = next((out for _, _, out in made if out), "")
        named = next((each[name] for _, each, _ in made for name in ("package", "name") if each.get(name)), None)
        name = str(named or options.get("name") or PurePosixPath(out).name or "queries")
        sources = [common, *((key, each) for key, each, _ in made)]
        rename: dict[str, str] = {}
        overrides: list[Override] = []
        for key, each in sources:
            rename |= self._rename(key, each)
            overrides += self._overrides(key, each)
        schema, queries = (self._paths(where, options, key) for key in ("schema", "queries"))
        return out, Package(_identifier(name), schema, queries, tuple(overrides), rename)

    def _paths(self, where: Key, options: Mapping[str, Any], name: str) -> tuple[str, ...]:
        given = options.get(name)
        if given is None:
            self._document.fail((*where, name), "this key is required")
        paths = given if isinstance(given, list) else [given]
        for at, path in enumerate(paths):
            key = (*where, name, at) if isinstance(given, list) else (*where, name)
            if not isinstance(path, str) or not path.strip():
                self._document.fail(key, "expected a path or a list of paths")
            try:
                find_source(self._root, path)
            except FileNotFoundError as error:
                self._document.fail(key, str(error))
        if not paths:
            self._document.fail((*where, name), "names no path")
        return tuple(paths)

    def _rename(self, where: Key, options: Mapping[str, Any]) -> dict[str, str]:
        """Those that can name a Python class."""
        given = self._mapping_in(options, where, "rename")
        return {
            str(key): value
            for key, value in given.items()
            if isinstance(value, str) and value.isidentifier() and not keyword.iskeyword(value)
        }

    def _overrides(self, where: Key, options: Mapping[str, Any]) -> Iterator[Override]:
        given = options.get("overrides") or []
        if isinstance(given, dict):
            # version 2 has a mapping of languages at its top
            given = []
        if not isinstance(given, list):
            self._document.fail((*where, "overrides"), "expected a list")
        for at, entry in enumerate(given):
            override = self._mapping((*where, "overrides", at), entry)
            python = _python_type(override)
            column, type_ = str(override.get("column") or ""), str(override.get("db_type") or "")
            if python and (bool(column) != bool(type_)) and "*" not in column:
                yield Override(python, column=column, type=type_.removeprefix("pg_catalog."))
            else:
                self._go_types += 1

    def _mapping_in(self, options: Mapping[str, Any], where: Key, name: str) -> Mapping[str, Any]:
        return self._mapping((*where, name), options.get(name) or {})

    def _mapping(self, key: Key, value: object) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            self._document.fail(key, "expected a mapping")
        return value


def _python_type(override: Mapping[str, Any]) -> str:
    """
    ``module:Name`` or a builtin, from ``py_type: module.Name`` or ``python_type: {module, name}``.

    ``py_import`` is the module where it is not all but the last part. Nothing for what is no name.
    """
    given = override.get("python_type") or override.get("py_type")
    if isinstance(given, dict):
        module, name = str(given.get("module") or ""), str(given.get("name") or "")
    else:
        named, imported = (each if isinstance(each, str) else "" for each in (given, override.get("py_import")))
        module, name = imported, named.removeprefix(f"{imported}.")
        if not imported:
            module, _, name = named.rpartition(".")
    if not all(part.isidentifier() for each in (module, name) if each for part in each.split(".")):
        return ""
    return f"{module}:{name}" if module and name else name if name in BUILTINS else ""


def _identifier(name: str) -> str:
    return module_name(name)


def _with_distinct_names(packages: list[tuple[str, Package]]) -> tuple[Package, ...]:
    """The packages; those of one name with that of the folder above their output before it, or a number behind."""
    found: dict[str, Package] = {}
    names = [package.name for _, package in packages]
    for out, package in packages:
        name = package.name
        if names.count(name) > 1 and PurePosixPath(out).parent.name:
            name = _identifier(f"{PurePosixPath(out).parent.name}_{name}")
        number, free = 2, name
        while free in found:
            free, number = f"{name}_{number}", number + 1
        found[free] = Package(free, package.schema, package.queries, package.overrides, package.rename)
    return tuple(found.values())
