"""A project's configuration: the table ``[tool.janua]`` of its ``pyproject.toml``, checked as a whole."""

from __future__ import annotations

import difflib
import glob
import keyword
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeAlias

import msgspec

from janua.diagnostics import locate, shown_path
from janua.errors import ConfigError

FILE_NAME = "pyproject.toml"

Tables: TypeAlias = Literal["all", "none"] | tuple[str, ...]
Paths: TypeAlias = str | tuple[str, ...]
Source: TypeAlias = Path | tuple[Path, ...]
"""A folder or a file, or the files that a pattern names, which belong together as those of a folder do."""
Intervals: TypeAlias = Literal["timedelta", "exact"]
"""What an ``interval`` is: a timedelta, which has no months, or ``janua.types.Interval``."""
Domains: TypeAlias = Literal["base", "newtype"]
"""What a domain is: the same as its base type, or a ``typing.NewType`` of that."""


BUILTINS = ("bool", "bytes", "dict", "float", "int", "list", "str")
"""The builtins that an override may name; ``dict`` and ``list`` are for JSON."""


@dataclass(frozen=True, slots=True)
class Override:
    """
    The Python type of a column (of a table or view), of one query's column or parameter, or of every value of a
    database type.

    ``python`` is ``module:Name``, or the bare name of one of :data:`BUILTINS`.
    """

    python: str
    column: str = ""
    query: str = ""
    parameter: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """What a function touches whose body cannot be read, as tables."""

    name: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Safety:
    """Hosts and databases, as shell patterns, that destructive commands refuse."""

    protected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """
    A project's folders and settings. Paths are absolute; ``package`` is the import path of ``output``.

    What ``migrations`` and (where the configuration names it) ``queries`` name exists; the other folders
    are made by the commands that fill them. ``sqlc`` says that the query files follow sqlc's rules; no
    ``schemas`` then stand for all that there are. ``slot`` tells apart the packages of one folder.
    """

    root: Path
    configuration: Path
    migrations: tuple[Source, ...]
    queries: tuple[Source, ...]
    schema: Path
    output: Path
    package: str
    seeds: Path
    schemas: tuple[str, ...] = ("public",)
    tables: Tables = "all"
    frozen: bool = False
    intervals: Intervals = "timedelta"
    domains: Domains = "base"
    override: tuple[Override, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    function: tuple[Function, ...] = ()
    safety: Safety = field(default_factory=Safety)
    sqlc: bool = False
    slot: str = ""

    @property
    def state(self) -> Path:
        """The folder for what earlier runs found; it may be deleted."""
        return self.root / ".janua" / self.slot


@dataclass(frozen=True, slots=True)
class _Settings:
    """The table as it is written."""

    migrations: Paths = "migrations"
    queries: Paths = "queries"
    schema: str = "schema"
    output: str = "generated"
    package: str = ""
    seeds: str = "seeds"
    schemas: tuple[str, ...] = ("public",)
    tables: Tables = "all"
    frozen: bool = False
    intervals: Intervals = "timedelta"
    domains: Domains = "base"
    override: tuple[Override, ...] = ()
    rename: dict[str, str] = field(default_factory=dict)
    function: tuple[Function, ...] = ()
    safety: Safety = field(default_factory=Safety)
    sqlc: bool = False


def load_project(directory: Path) -> Project:
    """
    Read ``[tool.janua]`` from the ``pyproject.toml`` in ``directory``; of several packages, the first.

    Raises ConfigError with the file, the key and what is wrong: malformed TOML (with line and column),
    no such file or table, an unknown key, a wrong type, a bad value, a folder that is not there, and
    packages of different migrations.
    """
    first, *others = load_projects(directory)
    if any(other.migrations != first.migrations for other in others):
        raise ConfigError(f"{shown_path(first.root / FILE_NAME)}: tool.janua.packages: they have different migrations")
    return first


def load_projects(directory: Path) -> list[Project]:
    """
    Read every package of the ``pyproject.toml`` in ``directory``: one, or those of ``[[tool.janua.packages]]``.

    Each of these has the keys of ``[tool.janua]``, which hold where it has none of its own. Raises
    ConfigError as :func:`load_project` does.
    """
    root = Path(directory).resolve()
    path = root / FILE_NAME
    document = _read(path)
    tool = document.get("tool", {})
    if not isinstance(tool, dict) or "janua" not in tool:
        raise ConfigError(
            f"{shown_path(path)}: no table [tool.janua]; add one, even an empty one, to make this a project"
        )
    return projects_of(root, path, tool["janua"])


def projects_of(root: Path, configuration: Path, table: object) -> list[Project]:
    """Return what a table such as ``[tool.janua]`` describes; ``configuration`` is its file."""
    file = shown_path(configuration)
    checker = _Checker(configuration)
    if not isinstance(table, dict) or "packages" not in table:
        return [checker.project(root, table)]
    packages = table["packages"]
    if not isinstance(packages, list) or not packages or not all(isinstance(each, dict) for each in packages):
        raise ConfigError(f"{file}: tool.janua.packages: expected an array of tables")
    common = {key: value for key, value in table.items() if key != "packages"}
    found = [
        replace(_Checker(configuration, f"packages[{at}].").project(root, common | own), slot=f"package-{at}")
        for at, own in enumerate(packages)
    ]
    for at, project in enumerate(found):
        if any(project.output in (other.output, *other.output.parents) for other in found[:at] + found[at + 1 :]):
            raise ConfigError(f"{file}: tool.janua.packages[{at}].output: another package is written there, too")
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        raise ConfigError(
            f"{shown_path(path)}: no such file; run `janua init`, or name the project's folder with --project"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown_path(path)}: not a UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{shown_path(path)}: cannot be read: {error.strerror}") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_toml_message(path, text, str(error))) from None


def _toml_message(path: Path, text: str, message: str) -> str:
    # The place is an attribute of the exception only from Python 3.14 on.
    bare, _, place = message.rpartition(" (at ")
    match = re.fullmatch(r"line (\d+), column (\d+)\)", place)
    line, column = match.groups() if match else locate(text, len(text))
    return f"{shown_path(path)}:{line}:{column}: not valid TOML: {bare or message}"


class _Checker:
    """Turns the raw table into a Project or raises about the first thing that is wrong."""

    def __init__(self, configuration: Path, prefix: str = "") -> None:
        self._configuration = configuration.absolute()
        self._file = shown_path(configuration)
        self._prefix = prefix

    def project(self, root: Path, table: object) -> Project:
        if not isinstance(table, dict):
            self._fail("", f"expected a table, got {_type_name(table)}")
        self._check_keys(table)
        settings = self._convert(table)
        self._check_lists(settings)
        self._check_overrides(settings.override)
        self._check_renames(settings.rename)
        return Project(
            root=root,
            configuration=self._configuration,
            migrations=self._sources(root, "migrations", settings.migrations, must_exist=True),
            queries=self._sources(root, "queries", settings.queries, must_exist="queries" in table),
            schema=self._target(root, "schema", settings.schema, settings.sqlc),
            output=self._output(root, settings),
            package=self._package(settings),
            seeds=self._folder(root, "seeds", settings.seeds),
            schemas=settings.schemas if "schemas" in table or not settings.sqlc else (),
            tables=settings.tables,
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
        self._known(table, _Settings, "")
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

    def _convert(self, table: dict[str, Any]) -> _Settings:
        try:
            return msgspec.convert(table, _Settings)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at `")
            key = place.rstrip("`").removeprefix("$").removeprefix(".").replace("[...]", ".*")
            if key == "tables" or key.startswith("tables["):
                key, message = "tables", 'expected "all", "none" or an array of table names'
            self._fail(key, _toml_words(message))

    def _check_lists(self, settings: _Settings) -> None:
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
                self._fail(key, str(error))
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

    def _output(self, root: Path, settings: _Settings) -> Path:
        output = self._target(root, "output", settings.output, settings.sqlc)
        for key in ("migrations", "queries", "schema", "seeds"):
            value: Paths = getattr(settings, key)
            for each in (value,) if isinstance(value, str) else value:
                if output == Path(os.path.normpath(root / each)):
                    self._fail("output", f'"{settings.output}" is also the folder of tool.janua.{key}')
        return output

    def _package(self, settings: _Settings) -> str:
        folder = Path(os.path.normpath(settings.output)).name
        package = settings.package or folder
        if not _is_dotted(package):
            key = "package" if settings.package else "output"
            self._fail(key, f'"{package}" is not an import path such as "app.generated"')
        if package.rpartition(".")[2] != folder:
            self._fail("package", f'"{package}" cannot be imported from a folder called "{folder}"')
        return package


def find_source(root: Path, value: str) -> Source:
    """
    Return what a path or a pattern (with ``*``, ``?`` or ``[…]``) names, relative to ``root``.

    A pattern's files are in the order of their names. Raises FileNotFoundError where there is nothing.
    """
    path = Path(os.path.normpath(root / value))
    if path.exists():
        return path
    if not glob.has_magic(value):
        what = "file" if path.suffix == ".sql" else "folder"
        raise FileNotFoundError(f'the {what} "{value}" does not exist')
    found = sorted(Path(os.path.normpath(each)) for each in glob.glob(os.path.join(glob.escape(str(root)), value)))
    if not found:
        raise FileNotFoundError(f'nothing matches "{value}"')
    return tuple(found)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "…"?`` for the known word that is closest, or nothing where none is close."""
    close = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def _is_dotted(path: str) -> bool:
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in path.split("."))


def _is_of(name: str) -> bool:
    """Whether it is the name of something in something else, with a dot between."""
    return "." in name and all(name.split("."))


_TYPE_NAMES = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "a boolean",
    "array": "an array",
    "object": "a table",
    "datetime": "a date and time",
    "date": "a date",
    "time": "a time",
}


def _toml_words(message: str) -> str:
    words = re.sub(r"`(\w+)`", lambda match: _TYPE_NAMES.get(match[1], f'"{match[1]}"'), message)
    return words[0].lower() + words[1:]


def _type_name(value: object) -> str:
    name = {"list": "array", "dict": "object"}.get(type(value).__name__, type(value).__name__)
    return _TYPE_NAMES.get(name, name)
