"""The checks of ``[tool.janua]``: the raw table to a project, or an error that names file and key."""

from __future__ import annotations

import keyword
import os
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from janua.config.settings import BUILTINS, Function, Override, Paths, Project, Safety, Settings, Source
from janua.config.sources import find_source
from janua.config.words import suggestion, toml_words, type_name
from janua.diagnostics import shown_path
from janua.errors import ConfigError


class Checker:
    """
    Turns the raw table into a Project or raises about the first thing that is wrong.

    A project that is not begun yet needs no folder of migrations; only the generator needs that of queries.
    """

    def __init__(
        self, configuration: Path, prefix: str = "", *, is_begun: bool = True, with_queries: bool = True
    ) -> None:
        self._configuration = configuration.absolute()
        self._file = shown_path(configuration)
        self._prefix = prefix
        self._is_begun = is_begun
        self._with_queries = with_queries

    def project(self, root: Path, table: object) -> Project:
        if not isinstance(table, dict):
            self._fail("", f"expected a table, got {type_name(table)}")
        self._check_keys(table)
        settings = self._convert(table)
        self._check_lists(settings)
        self._check_overrides(settings.override)
        self._check_renames(settings.rename)
        return Project(
            root=root,
            configuration=self._configuration,
            migrations=self._sources(root, "migrations", settings.migrations, must_exist=self._is_begun),
            queries=self._sources(
                root, "queries", settings.queries, must_exist=self._with_queries and "queries" in table
            ),
            schema=self._target(root, "schema", settings.schema, settings.sqlc),
            output=self._output(root, settings),
            package=self._package(settings),
            seeds=self._folder(root, "seeds", settings.seeds),
            migrations_table=settings.migrations_table,
            cache_prefix=settings.cache_prefix,
            schemas=settings.schemas if "schemas" in table or not settings.sqlc else (),
            tables=settings.tables if "tables" in table or not settings.sqlc else "none",
            frozen=settings.frozen,
            intervals=settings.intervals,
            domains=settings.domains,
            override=settings.override,
            rename=settings.rename,
            function=settings.function,
            safety=settings.safety,
            sqlc=settings.sqlc,
        )

    def _fail(self, key: str, message: str) -> NoReturn:
        raise ConfigError(f"{self._file}: tool.janua{'.' if key else ''}{self._prefix}{key}: {message}")

    def _check_keys(self, table: dict[str, Any]) -> None:
        self._known(table, Settings, "")
        for key, cls in (("override", Override), ("function", Function)):
            entries = table.get(key, [])
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                if isinstance(entry, dict):
                    self._known(entry, cls, f"{key}[{index}]")
        if isinstance(table.get("safety"), dict):
            self._known(table["safety"], Safety, "safety")

    def _known(self, entry: dict[str, Any], cls: type, prefix: str) -> None:
        declared = fields(cls)
        names = [one.name for one in declared]
        dot = "." if prefix else ""
        for key in entry:
            if key not in names:
                self._fail(f"{prefix}{dot}{key}", f"unknown key{suggestion(key, names)}")
        for one in declared:
            if one.default is MISSING and one.default_factory is MISSING and one.name not in entry:
                self._fail(f"{prefix}{dot}{one.name}", "this key is required")

    def _convert(self, table: dict[str, Any]) -> Settings:
        try:
            return msgspec.convert(table, Settings)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at `")
            key = place.rstrip("`").removeprefix("$").removeprefix(".").replace("[...]", ".*")
            if key == "tables" or key.startswith("tables["):
                key, message = "tables", 'expected "all", "none" or an array of table names'
            self._fail(key, toml_words(message))

    def _check_lists(self, settings: Settings) -> None:
        if not settings.schemas:
            self._fail("schemas", "must name at least one PostgreSQL schema")
        named = {
            "schemas": settings.schemas,
            "tables": settings.tables if isinstance(settings.tables, tuple) else (),
            "safety.protected": settings.safety.protected,
        }
        for key, values in named.items():
            for index, value in enumerate(values):
                if not value.strip():
                    self._fail(f"{key}[{index}]", "must not be empty")
                if value in values[:index]:
                    self._fail(f"{key}[{index}]", f'"{value}" is named twice')

    def _check_overrides(self, overrides: Iterable[Override]) -> None:
        for index, override in enumerate(overrides):
            key = f"override[{index}]"
            named = [each for each in (override.column, override.parameter, override.type) if each]
            if len(named) != 1:
                self._fail(key, "needs one of column, type, or parameter with query")
            if override.query and override.type:
                self._fail(f"{key}.query", "goes together with column or parameter, not with type")
            if override.parameter and not override.query:
                self._fail(f"{key}.parameter", "needs the query, too")
            if override.query and not _is_of(override.query):
                self._fail(f"{key}.query", f'"{override.query}" is not "module.query", as in "users.get_user"')
            if override.column and not override.query and not _is_of(override.column):
                self._fail(f"{key}.column", f'"{override.column}" is not "table.column"')
            self._check_python(f"{key}.python", override.python)

    def _check_python(self, key: str, python: str) -> None:
        module, colon, name = python.rpartition(":")
        is_named = _is_dotted(name) and (_is_dotted(module) if colon else name in BUILTINS)
        if not is_named:
            self._fail(key, f'"{python}" is not "module:Name" or one of {", ".join(BUILTINS)}')

    def _check_renames(self, renames: Mapping[str, str]) -> None:
        for table, name in renames.items():
            if not name.isidentifier() or keyword.iskeyword(name):
                self._fail(f"rename.{table}", f'"{name}" cannot be the name of a Python class')

    def _sources(self, root: Path, key: str, value: Paths, *, must_exist: bool) -> tuple[Source, ...]:
        if isinstance(value, str):
            return (self._source(root, key, value, must_exist),)
        if not value:
            self._fail(key, "must name at least one folder, file or pattern")
        return tuple(self._source(root, f"{key}[{at}]", each, must_exist) for at, each in enumerate(value))

    def _source(self, root: Path, key: str, value: str, must_exist: bool) -> Source:
        if not value.strip():
            self._fail(key, "must not be empty")
        try:
            source = find_source(root, value)
        except FileNotFoundError as error:
            if must_exist:
                self._fail(key, f"{error}{'; janua migrate create NAME makes it' if key == 'migrations' else ''}")
            source = Path(os.path.normpath(root / value))
        if isinstance(source, Path) and source.is_file() and source.suffix != ".sql":
            self._fail(key, f'"{value}" is a file, not a folder or a .sql file')
        return source

    def _target(self, root: Path, key: str, value: str, anywhere: bool) -> Path:
        folder = self._folder(root, key, value)
        if root not in folder.parents and (not anywhere or folder in (root, *root.parents)):
            self._fail(key, f'"{value}" is not a folder below the project')
        return folder

    def _folder(self, root: Path, key: str, value: str) -> Path:
        if not value.strip():
            self._fail(key, "must not be empty")
        folder = Path(os.path.normpath(root / value))
        if folder.exists() and not folder.is_dir():
            self._fail(key, f'"{value}" is a file, not a folder')
        return folder

    def _output(self, root: Path, settings: Settings) -> Path:
        output = self._target(root, "output", settings.output, settings.sqlc)
        for key in ("migrations", "queries", "schema", "seeds"):
            value: Paths = getattr(settings, key)
            for each in (value,) if isinstance(value, str) else value:
                if output == Path(os.path.normpath(root / each)):
                    self._fail("output", f'"{settings.output}" is also the folder of tool.janua.{key}')
        return output

    def _package(self, settings: Settings) -> str:
        folder = Path(os.path.normpath(settings.output)).name
        package = settings.package or folder
        if not _is_dotted(package):
            key = "package" if settings.package else "output"
            self._fail(key, f'"{package}" is not an import path such as "app.generated"')
        if package.rpartition(".")[2] != folder:
            self._fail("package", f'"{package}" cannot be imported from a folder called "{folder}"')
        return package


def _is_dotted(path: str) -> bool:
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in path.split("."))


def _is_of(name: str) -> bool:
    """Whether it is the name of something in something else, with a dot between."""
    return "." in name and all(name.split("."))
