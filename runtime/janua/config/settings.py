"""What ``[tool.janua]`` says: as it is written, and as a project whose folders are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

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

    What ``migrations`` and (for the generator, where the configuration names it) ``queries`` name exists; the other
    folders are made by the commands that fill them. ``sqlc`` says that the query files follow sqlc's rules; no
    ``schemas`` then stand for all that there are. ``cache_prefix`` is what the keys of the services' cache begin
    with, so that commands can outdate what is kept there. ``slot`` tells apart the packages of one folder.
    """

    root: Path
    configuration: Path
    migrations: tuple[Source, ...]
    queries: tuple[Source, ...]
    schema: Path
    output: Path
    package: str
    seeds: Path
    migrations_table: str = "janua_migrations"
    cache_prefix: str = "cache:"
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
class Settings:
    """The table as it is written."""

    migrations: Paths = "migrations"
    queries: Paths = "queries"
    schema: str = "schema"
    output: str = "generated"
    package: str = ""
    seeds: str = "seeds"
    migrations_table: str = "janua_migrations"
    cache_prefix: str = "cache:"
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
