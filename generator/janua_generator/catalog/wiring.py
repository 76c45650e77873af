"""
What the server does behind a statement: the parts of a schema that set other parts in motion.

Of all schemas, not only those that are generated from: a trigger may write to any. Objects are
known by their OIDs, which differ from database to database: none of this reaches a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias, TypeVar

import msgspec

Oid: TypeAlias = int
Event: TypeAlias = Literal["insert", "update", "delete", "truncate", "refresh"]
K = TypeVar("K")
V = TypeVar("V")


class WiredRelation(msgspec.Struct, frozen=True, kw_only=True):
    """A relation. ``generated`` are its generated columns, ``types`` those of its columns that people made."""

    oid: Oid
    schema: str
    name: str
    kind: Literal["table", "partitioned table", "view", "materialized view", "foreign table", "sequence"]
    row_security: bool
    parents: tuple[Oid, ...]
    generated: frozenset[str]
    types: tuple[Oid, ...]

    @property
    def qualified(self) -> str:
        """``schema.name``."""
        return f"{self.schema}.{self.name}"


class WiredKey(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign key: what a DELETE is to the referencing table, and whether an UPDATE changes it."""

    relation: Oid
    referenced: Oid
    on_delete: Literal["delete", "update", ""]
    on_update: bool
    columns: frozenset[str]
    referenced_columns: frozenset[str]


class WiredTrigger(msgspec.Struct, frozen=True, kw_only=True):
    """An enabled trigger. ``columns`` are those of UPDATE OF; ``text`` is its WHEN."""

    relation: Oid
    per_row: bool
    before_row: bool
    instead: bool
    events: tuple[Event, ...]
    columns: frozenset[str]
    text: str
    functions: tuple[Oid, ...]


class WiredCode(msgspec.Struct, frozen=True, kw_only=True):
    """
    A query or expression that is stored with its ``owner``.

    ``value`` is what a row that is written is computed and checked with. ``event`` is a rule's.
    """

    owner: Oid
    kind: Literal["view", "rule", "value", "domain", "policy"]
    event: Literal["insert", "update", "delete", ""]
    instead: bool
    text: str
    relations: tuple[Oid, ...]
    functions: tuple[Oid, ...]
    types: tuple[Oid, ...]


class WiredFunction(msgspec.Struct, frozen=True, kw_only=True):
    """A function. Of what it depends on, only that is known which the server stores parsed."""

    oid: Oid
    schema: str
    name: str
    language: str
    aggregate: bool
    volatility: Literal["immutable", "stable", "volatile"]
    text: str
    takes_row: bool
    relations: tuple[Oid, ...]
    functions: tuple[Oid, ...]
    types: tuple[Oid, ...]

    @property
    def qualified(self) -> str:
        """``schema.name``, without the arguments."""
        return f"{self.schema}.{self.name}"


class WiredType(msgspec.Struct, frozen=True, kw_only=True):
    """A type that people made, and the types that it is made of."""

    oid: Oid
    name: str
    is_domain: bool
    parts: tuple[Oid, ...]


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A function that an operator or cast of this name calls; ``silent`` ones are called where nothing names them."""

    kind: Literal["operator", "cast", "silent"]
    name: str
    function: Oid


@dataclass(frozen=True, slots=True)
class Declared:
    """What the configuration says that a function touches, instead of its body."""

    reads: tuple[Oid, ...]
    writes: tuple[Oid, ...]


@dataclass(frozen=True, eq=False)
class Wiring:
    """
    All of it. Compared by identity, so that what follows from it can be remembered.

    ``system`` are the server's own relations, ``volatile`` the names of its volatile functions.
    """

    search_path: tuple[str, ...]
    relations: Sequence[WiredRelation]
    keys: Sequence[WiredKey]
    triggers: Sequence[WiredTrigger]
    code: Sequence[WiredCode]
    functions: Sequence[WiredFunction]
    types: Sequence[WiredType]
    hooks: Sequence[Hook]
    system: frozenset[tuple[str, str]]
    volatile: frozenset[str]
    declared: Mapping[Oid, Declared] = field(default_factory=dict)

    @cached_property
    def system_names(self) -> frozenset[str]:
        """The bare names of the server's own relations."""
        return frozenset(name for _, name in self.system)

    @cached_property
    def relation(self) -> Mapping[Oid, WiredRelation]:
        """The relations by OID."""
        return {each.oid: each for each in self.relations}

    @cached_property
    def relations_named(self) -> Mapping[str, Sequence[WiredRelation]]:
        """The relations by their bare names."""
        return _grouped((each.name, each) for each in self.relations)

    @cached_property
    def function(self) -> Mapping[Oid, WiredFunction]:
        """The functions by OID."""
        return {each.oid: each for each in self.functions}

    @cached_property
    def functions_named(self) -> Mapping[str, Sequence[WiredFunction]]:
        """The functions by their bare names, overloads of all schemas together."""
        return _grouped((each.name, each) for each in self.functions)

    @cached_property
    def hooked(self) -> Mapping[tuple[str, str], Sequence[Oid]]:
        """The functions, of those that something is known of, that an operator or cast calls, by its kind and name."""
        return _grouped(
            ((each.kind, each.name), each.function) for each in self.hooks if each.function in self.function
        )

    @cached_property
    def children(self) -> Mapping[Oid, Sequence[Oid]]:
        """Partitions and inheritance children."""
        return _grouped((parent, each.oid) for each in self.relations for parent in each.parents)

    @cached_property
    def parts_of(self) -> Mapping[Oid, tuple[Oid, ...]]:
        """The types that a type is made of."""
        return {each.oid: each.parts for each in self.types}

    @cached_property
    def code_of(self) -> Mapping[Oid, Sequence[WiredCode]]:
        """What is stored with a relation or domain."""
        return _grouped((each.owner, each) for each in self.code)

    @cached_property
    def triggers_of(self) -> Mapping[Oid, Sequence[WiredTrigger]]:
        """A relation's triggers."""
        return _grouped((each.relation, each) for each in self.triggers)

    @cached_property
    def keys_to(self) -> Mapping[Oid, Sequence[WiredKey]]:
        """The foreign keys that reference a relation."""
        return _grouped((each.referenced, each) for each in self.keys)

    def resolve(self, name: str, schema: str = "") -> WiredRelation | None:
        """The relation that a name means on the search path."""
        candidates = {each.schema: each for each in self.relations_named.get(name, ())}
        if not schema and ("pg_catalog", name) in self.system:
            return None
        return next(
            (candidates[each] for each in ([schema] if schema else self.search_path) if each in candidates), None
        )

    def all_named(self, name: str, schema: str = "") -> Sequence[WiredRelation]:
        """Every relation that a name means on some search path."""
        return [each for each in self.relations_named.get(name, ()) if schema in ("", each.schema)]

    def is_system(self, name: str, schema: str = "") -> bool:
        """Whether a name means a relation of the server's own."""
        return (schema or "pg_catalog", name) in self.system


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
