"""
What the templates see: a :class:`PackageModel` of finished names, annotations and import lines.

Nothing is decided from here on: what is a keyword, what clashes, which class a row is, is settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from janua.diagnostics import Diagnostic
from janua.dynamic import Clause
from janua.testing.factories.declared import Check, Column


@dataclass(frozen=True, slots=True)
class Field:
    """
    An attribute of a row class, or a parameter of a function.

    ``key`` is its name in JSON, where that differs; ``default`` what a parameter is where it is not given.
    """

    name: str
    annotation: str
    key: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class RowClass:
    """A dataclass: of a result's columns, by position, or of a set of parameters, which are given by their names."""

    name: str
    doc: str
    fields: tuple[Field, ...]
    keyword_only: bool = False


@dataclass(frozen=True, slots=True)
class RowFunction:
    """A private function that makes one row from the columns, by position."""

    name: str
    columns: tuple[Field, ...]
    result: str
    call: str


@dataclass(frozen=True, slots=True)
class Fold:
    """
    A private function that makes one row of all rows with the same ``keys``, and a list of the rest.

    ``call`` makes such a row with an empty list; ``child`` makes what goes into its ``member``, where
    ``present`` holds (empty: always).
    """

    name: str
    columns: tuple[Field, ...]
    keys: tuple[Field, ...]
    result: str
    call: str
    member: str
    present: str
    child: str


@dataclass(frozen=True, slots=True)
class EnumClass:
    """An enum of the database: members as (name, label)."""

    name: str
    doc: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NewType:
    """A domain of the database as a type of its own."""

    name: str
    doc: str
    base: str


@dataclass(frozen=True, slots=True)
class ConstraintClass:
    """The error of a constraint. ``keys`` are the (schema, table or domain, name) that the server may report."""

    name: str
    bases: tuple[str, ...]
    doc: str
    schema: str
    owner: str
    of_domain: bool
    constraint: str
    columns: tuple[str, ...]
    keys: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class VariantsModel:
    """
    What chooses among the variants of a statement, and its parts.

    ``options`` are the names that parts go by, ``key`` what says of each, in Python, whether or which. Where it gives
    pages, their cursor is the last option, which ``key`` does not have, and ``keys`` say how they are ordered.
    """

    options: tuple[str, ...]
    key: tuple[str, ...]
    parts: tuple[str | Clause[str], ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CacheModel:
    """How answers are kept: durations in seconds, the tables on which they depend, and the settings."""

    ttl: float
    reads: tuple[str, ...]
    stale: float
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunctionModel:
    """
    A query as a function.

    ``parameters`` are in the order of their numbers, ``choices`` those that no number stands for. ``result``
    is the type of one row, ``returns`` that of the call, of an asynchronous one ``async_returns``; ``row`` is what
    builds a row and ``fold`` what builds all of them, both empty for a bare value. ``columns_as`` are the literals of
    the types of the project's own, by column, and ``own_parameters`` the positions of what is sent of such types.
    ``timeout`` is in seconds. ``replica`` is empty where the primary has to answer. ``writes`` are cached tables.

    Many sets of parameters are taken as ``sets``, of an asynchronous executor as ``async_sets``; ``attributes`` are
    what they are called in such an object, ``elements`` their types where they travel in arrays.

    A function that takes a row as ``taken_row`` has these ``row_fields`` of it in place of its parameters.
    """

    name: str
    constant: str
    query_name: str
    doc: str
    place: str
    parameters: tuple[Field, ...]
    result: str
    returns: str
    async_returns: str
    method: str
    sql: str
    parameter_types: tuple[str, ...]
    column_types: tuple[str, ...]
    row: str
    fold: str
    shapes: tuple[tuple[int, str], ...]
    columns_as: tuple[tuple[int, str], ...]
    own_parameters: tuple[int, ...]
    text: bool
    timeout: float | None
    replica: str
    cache: CacheModel | None = None
    writes: tuple[str, ...] = ()
    changes_settings: bool = False
    sets: Field | None = None
    async_sets: Field | None = None
    attributes: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    choices: tuple[Field, ...] = ()
    variants: VariantsModel | None = None
    taken_row: Field | None = None
    row_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """
    A column of a table for the query builder.

    ``sql`` is its name as SQL writes it, ``own`` the type of the project's own, as ``module:Name``.
    """

    name: str
    annotation: str
    sql: str
    type: str
    nullable: bool
    binary: bool
    own: str


@dataclass(frozen=True, slots=True)
class Touches:
    """What a select, insert, update or delete of a table touches."""

    event: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    unknown: str


@dataclass(frozen=True, slots=True)
class TableClass:
    """
    A table or view for the query builder: an object of a class of its own.

    ``values`` and ``changes`` are what an INSERT and an UPDATE take, with ``= ...`` where it may be left
    out. ``is_whole`` says that ``columns`` are all that there are.
    """

    name: str
    class_name: str
    kind: str
    doc: str
    row: str
    is_whole: bool
    schema: str
    relation: str
    columns: tuple[TableColumn, ...]
    values: tuple[Field, ...]
    changes: tuple[Field, ...]
    touches: tuple[Touches, ...]


@dataclass(frozen=True, slots=True)
class FactoryParent:
    """A foreign key; ``target`` is the expression for the other table's factory, empty where there is none."""

    name: str
    columns: tuple[str, ...]
    target: str
    referenced: tuple[str, ...]
    is_full: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class FactoryClass:
    """
    What makes rows of a table: an object, and the function that calls it. ``fields`` are what may be given.

    ``ignores_conflicts`` says that an INSERT may say ON CONFLICT DO NOTHING.
    """

    name: str
    function: str
    class_name: str
    doc: str
    relation: str
    table: str
    row: str
    fields: tuple[Field, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]
    parents: tuple[FactoryParent, ...]
    ignores_conflicts: bool


@dataclass(frozen=True, slots=True)
class ModuleModel:
    """
    A Python module.

    ``path`` is relative to the package, ``imports`` are its lines, blank ones included; ``own_modules`` are
    the project's own by their aliases, imported when they are first used. ``cached`` are the tables that cached
    queries read: statements that are built tell of writing them.
    """

    path: PurePosixPath
    subject: str
    source: str
    imports: tuple[str, ...]
    rows: tuple[RowClass, ...] = ()
    row_functions: tuple[RowFunction, ...] = ()
    folds: tuple[Fold, ...] = ()
    functions: tuple[FunctionModel, ...] = ()
    enums: tuple[EnumClass, ...] = ()
    new_types: tuple[NewType, ...] = ()
    own_modules: tuple[tuple[str, str], ...] = ()
    tables: tuple[TableClass, ...] = ()
    constraints: tuple[ConstraintClass, ...] = ()
    factories: tuple[FactoryClass, ...] = ()
    cached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """
    One entry of the registry that tells the runtime which of the database's types are which classes.

    ``python`` is an enum's or composite's class; ``arguments`` are what follows, as Python source.
    """

    kind: str
    name: str
    python: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageModel:
    """
    The whole package.

    ``table_type_entries`` are the types of the tables' columns, for the query builder, ``constraint_modules`` the
    modules with the errors of constraints, by their names in the package.
    """

    modules: tuple[ModuleModel, ...]
    type_entries: tuple[TypeEntry, ...]
    table_type_entries: tuple[TypeEntry, ...] | None
    type_imports: tuple[str, ...]
    constraint_modules: tuple[str, ...]
    subpackages: tuple[str, ...]
    frozen: bool
    warnings: tuple[Diagnostic, ...]
