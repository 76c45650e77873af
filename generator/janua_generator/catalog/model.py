"""
What the generator knows about a migrated schema.

Plain frozen data without OIDs, so that the same migrations give the same catalog on every
server. Relations are named ``schema.name``; types are spelled as ``format_type`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The base of every part of the catalog."""


TypeKind = Literal["base", "array", "enum", "domain", "composite", "range", "multirange", "pseudo"]


class PgType(Record, frozen=True):
    """
    A type of the server.

    ``name`` is ``format_type``'s spelling; ``element`` belongs to arrays, ``base`` to domains,
    ``subtype`` to ranges and multiranges, ``fields`` to composites, ``labels`` to enums.
    ``relation`` says that it is the row type of that table. ``builtin`` means that it lives in
    pg_catalog, ``extension`` names the extension that brought it. ``delimiter`` stands between the
    elements of its arrays where that is no comma; ``multirange`` is the name of a range's multirange.
    """

    name: str
    schema: str
    typname: str
    kind: TypeKind
    builtin: bool = False
    extension: str = ""
    element: str = ""
    base: str = ""
    not_null: bool = False
    subtype: str = ""
    labels: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    relation: str = ""
    definition: str = ""
    delimiter: str = ""
    multirange: str = ""
    comment: str = ""


class Column(Record, frozen=True):
    """
    A column of a relation.

    ``not_null`` is what may be relied on, not ``attnotnull``: it also holds in every table that
    inherits from this one, and its constraint is validated.
    """

    name: str
    type: str
    declared: str
    not_null: bool
    default: str = ""
    identity: Literal["", "always", "by default"] = ""
    generated: Literal["", "stored", "virtual"] = ""
    collation: str = ""
    comment: str = ""


class Key(Record, frozen=True):
    """
    A primary key, unique constraint or unique index.

    ``expressions`` are what an index has besides columns. ``proves_uniqueness`` is false where two rows could
    share all these values after all: a deferrable or invalid index, an inheritance child.
    ``predicate`` is the condition of a partial index.
    """

    name: str
    columns: tuple[str, ...]
    primary: bool
    proves_uniqueness: bool
    nulls_not_distinct: bool = False
    predicate: str = ""
    expressions: tuple[str, ...] = ()


class ForeignKey(Record, frozen=True):
    """A foreign key. ``dependable`` means that what it refers to is there at the end of any statement."""

    name: str
    columns: tuple[str, ...]
    references: str
    referenced_columns: tuple[str, ...]
    on_delete: str
    on_update: str
    dependable: bool


class Constraint(Record, frozen=True):
    """Any constraint of a table, as the server prints it; for people and for ``CHECK`` proofs."""

    name: str
    kind: Literal["primary key", "unique", "foreign key", "check", "exclusion"]
    definition: str
    validated: bool
    no_inherit: bool
    comment: str = ""


class Enforced(Record, frozen=True):
    """
    A constraint or unique index that refuses rows, as the server names it in its errors.

    ``owner`` is its table, or the domain that it is of. ``refuses`` is what tells the errors apart: a temporal key
    refuses as an exclusion does, and what ON DELETE RESTRICT forbids may have a code of its own. ``parts`` are
    columns, or else expressions, as (column, expression). ``keys`` are the (schema, owner, name) of it and of all
    its copies: those of partitions, of tables that inherit it, of domains over its domain.
    """

    schema: str
    owner: str
    name: str
    of_domain: bool
    refuses: Literal["unique", "foreign key", "restricted foreign key", "check", "exclusion"]
    kind: str
    parts: tuple[tuple[str, str], ...]
    definition: str
    keys: tuple[tuple[str, str, str], ...]
    comment: str = ""


class Index(Record, frozen=True):
    """An index that does not belong to a constraint."""

    name: str
    definition: str


class Trigger(Record, frozen=True):
    """A trigger. ``timing`` is before, after or instead of; ``events`` are insert, update, delete, truncate."""

    name: str
    timing: Literal["before", "after", "instead of"]
    per_row: bool
    events: tuple[str, ...]
    function: str
    definition: str


class Policy(Record, frozen=True):
    """A row level security policy."""

    name: str
    definition: str


RelationKind = Literal["table", "partitioned table", "view", "materialized view", "foreign table"]


class Relation(Record, frozen=True):
    """A table, view, materialized view or foreign table."""

    schema: str
    name: str
    kind: RelationKind
    columns: tuple[Column, ...]
    keys: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    has_rules: bool = False
    row_security: bool = False
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    partition_key: str = ""
    partition_bound: str = ""
    definition: str = ""
    comment: str = ""

    @property
    def qualified(self) -> str:
        """``schema.name``."""
        return f"{self.schema}.{self.name}"

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}

    @property
    def primary_key(self) -> Key | None:
        """The primary key, where there is one."""
        return next((key for key in self.keys if key.primary), None)

    @property
    def is_view(self) -> bool:
        """Whether the columns are computed by ``definition``."""
        return self.kind in ("view", "materialized view")


class Function(Record, frozen=True):
    """A function or procedure. ``body`` is the source of an SQL-language function."""

    schema: str
    name: str
    kind: Literal["function", "procedure", "aggregate", "window"]
    arguments: str
    result: str
    returns_set: bool
    strict: bool
    volatility: Literal["immutable", "stable", "volatile"]
    language: str
    definition: str
    body: str = ""
    output: tuple[tuple[str, str], ...] = ()
    comment: str = ""


class Sequence(Record, frozen=True):
    """A sequence that does not belong to an identity or serial column."""

    schema: str
    name: str
    definition: str


class Extension(Record, frozen=True):
    """An installed extension and the schema that holds its objects."""

    name: str
    schema: str


class Catalog(Record, frozen=True):
    """A whole schema."""

    schemas: tuple[str, ...]
    extensions: tuple[Extension, ...]
    types: tuple[PgType, ...]
    sequences: tuple[Sequence, ...]
    relations: tuple[Relation, ...]
    functions: tuple[Function, ...]

    @cached_property
    def by_qualified_name(self) -> Mapping[str, Relation]:
        """The relations by ``schema.name``."""
        return {relation.qualified: relation for relation in self.relations}

    @cached_property
    def functions_by_name(self) -> Mapping[str, tuple[Function, ...]]:
        """The functions by their bare names, overloads together."""
        found: dict[str, tuple[Function, ...]] = {}
        for function in self.functions:
            found[function.name] = (*found.get(function.name, ()), function)
        return found

    @cached_property
    def types_by_name(self) -> Mapping[str, PgType]:
        """The schema's own types, by ``format_type``'s spelling."""
        return {type_.name: type_ for type_ in self.types}

    def relation(self, name: str, schema: str | None = None) -> Relation | None:
        """Find a relation as the search path would: in ``schema``, else in the first of ``schemas`` that has it."""
        candidates = [schema] if schema else self.schemas
        for candidate in candidates:
            found = self.by_qualified_name.get(f"{candidate}.{name}")
            if found is not None:
                return found
        return None


def parts_of(types: Mapping[str, PgType], roots: Iterable[PgType]) -> dict[str, PgType]:
    """The types and all that they are made of, elements first."""
    found: dict[str, PgType] = {}

    def visit(type_: PgType) -> None:
        if type_.name in found:
            return
        for part in (type_.element, type_.base, type_.subtype, *(each for _, each in type_.fields)):
            if part and part in types:
                visit(types[part])
        found[type_.name] = type_

    for root in roots:
        visit(root)
    return found
