"""
Scopes: which relations a name may mean, and what is known of their columns there.

A relation is *extended* by the outer joins that may put NULLs in place of its whole row. A
column is *known* where a predicate that every row passed would have refused a NULL in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from sqlglot import exp

from janua_generator.analysis.values import Extension, Family, Value, not_null, nullable
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType, Relation

JOIN_IDS = count()
"""A number for each outer join, its own whichever statement or view it is in."""

_SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a relation or query offers by name; the name is empty where it cannot be told."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Output:
    """
    The result of a query: its columns and how many rows it has at most and at least.

    ``columns`` is None where they cannot be told, and ``count_reason`` says what decided the rest.
    """

    columns: tuple[Column, ...] | None
    at_most_one: bool = False
    at_least_one: bool = False
    count_reason: str = ""


OPAQUE = Output(None)
"""A statement of which nothing is known."""


@dataclass(eq=False, slots=True)
class Source:
    """
    One relation of a FROM clause. ``columns`` is None where they cannot be told.

    ``relation`` is the table or view that it is, under that one's own column names. Where it has
    ``at_most_one`` row, that row is the same for all rows of ``depends_on``, and computed once
    unless it is ``volatile``.
    """

    alias: str
    columns: tuple[Column, ...] | None
    relation: Relation | None = None
    at_most_one: bool = False
    depends_on: tuple[Source, ...] = ()
    volatile: bool = False
    extended_by: set[int] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def column(self, name: str) -> Column | None:
        """The column of this name, unless there are several."""
        found = [each for each in self.columns or () if each.name == name]
        return found[0] if len(found) == 1 else None

    def may_have(self, name: str) -> bool:
        """Whether the name might mean one of its columns, for all that is known."""
        if self.columns is None or (self.relation is not None and name in _SYSTEM_COLUMNS):
            return True
        return any(each.name in (name, "") for each in self.columns)

    def value(self, column: Column) -> Value:
        """What is known of the column in the rows that the FROM clause gives."""
        value, family = column.value, column.value.family
        if value.nullable and column.name in self.known:
            value = not_null(f"a condition refuses NULL in {self.alias}.{column.name}", family)
        if self.extended_by:
            why = f"{self.alias} is on the nullable side of an outer join"
            return Value(True, why, family, Extension(frozenset(self.extended_by), value))
        return value


@dataclass(frozen=True, slots=True)
class Reference:
    """A column found by its name: where it is defined, and in which scope."""

    scope: Scope
    source: Source
    column: Column

    @property
    def value(self) -> Value:
        """What is known of it."""
        return self.source.value(self.column)


@dataclass(frozen=True, slots=True)
class Condition:
    """A conjunct that holds in every row in which any of ``sources`` is present."""

    predicate: exp.Expr
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Environment:
    """
    What is the same for all scopes of a statement.

    ``analyse`` is how a statement inside another is understood: it is given, so that what reads
    FROM clauses and expressions need not know what reads whole statements.
    """

    introspection: Introspection
    analyse: Callable[[exp.Expr, Scope], Output]
    nullable_parameters: frozenset[int] = frozenset()
    parameter_types: Mapping[int, PgType] = field(default_factory=dict)
    views: dict[str, Output] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Scope:
    """
    One query level. Names that it lacks are looked up in ``parent``.

    ``has_grouping_sets``: some rows of the result lack what others are grouped by;
    ``groups_by_expressions``: and that may be any expression of the select list.
    """

    environment: Environment
    parent: Scope | None = None
    sources: list[Source] = field(default_factory=list)
    merged: list[Source] = field(default_factory=list)
    ctes: Mapping[str, Output] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    aggregates_over_none: bool = False
    has_grouping_sets: bool = False
    groups_by_expressions: bool = False
    has_full_join: bool = False
    star: list[tuple[Source, Column]] | None = field(default_factory=list)

    def output_of(self, statement: exp.Expr) -> Output:
        """What a statement gives, whose own scope, still empty, this is."""
        return self.environment.analyse(statement, self)

    def child(self) -> Scope:
        """A scope whose names may also mean this one's."""
        return Scope(self.environment, parent=self, ctes=self.ctes)

    def sibling(self) -> Scope:
        """A scope that sees what this one sees but not this one's own relations."""
        return Scope(self.environment, parent=self.parent, ctes=self.ctes)

    def resolve(self, name: str, table: str = "") -> Reference | None:
        """
        Find what a column name means, as PostgreSQL does: inner scopes first.

        None where it is ambiguous or might belong to a relation whose columns are not known.
        """
        scope: Scope | None = self
        while scope is not None:
            candidates = scope._named(table) if table else scope._with_column(name)
            if candidates:
                column = candidates[0].column(name) if len(candidates) == 1 else None
                return Reference(scope, candidates[0], column) if column is not None else None
            scope = scope.parent
        return None

    def _named(self, table: str) -> list[Source]:
        return [source for source in self.sources if source.alias == table]

    def _with_column(self, name: str) -> list[Source]:
        merged = [source for source in self.merged if source.column(name) is not None]
        if merged:
            return merged[-1:]
        # a query that the server accepts has no ambiguous name: who has it for sure, is meant
        sure = [source for source in self.sources if source.column(name) is not None]
        return sure or [source for source in self.sources if source.may_have(name)]

    def learn(self, references: Iterable[tuple[Source, str]], among: Iterable[Source] | None = None) -> None:
        """
        Take in that these columns are not NULL, in all rows where their relation is present.

        A relation with a non-null value is itself present, so every outer join that might have
        replaced it did match, for all relations on that side of it.
        """
        reach = list(self.sources) + list(self.merged) if among is None else list(among)
        for source, name in references:
            if source not in reach:
                continue
            source.known.add(name)
            matched = set(source.extended_by)
            for each in reach:
                each.extended_by -= matched

    @contextmanager
    def assuming(self, references: Iterable[tuple[Source, str]]) -> Iterator[None]:
        """Where these columns are not NULL: what :meth:`learn` takes in, for a while."""
        saved = [(source, source.known, source.extended_by) for source in (*self.sources, *self.merged)]
        for source, known, extended_by in saved:
            source.known, source.extended_by = set(known), set(extended_by)
        try:
            self.learn(references)
            yield
        finally:
            for source, known, extended_by in saved:
                source.known, source.extended_by = known, extended_by


def columns_named(names: Iterable[str], value: Value) -> tuple[Column, ...]:
    """Columns of which only the names are known."""
    return tuple(Column(name, value) for name in names)


def renamed(columns: tuple[Column, ...] | None, names: list[str]) -> tuple[Column, ...] | None:
    """The columns under the names of an alias list, which may be shorter."""
    if columns is None:
        return columns_named(names, nullable("unknown relation")) if names else None
    return tuple(
        Column(names[at] if at < len(names) else column.name, column.value) for at, column in enumerate(columns)
    )


UNKNOWN = Value(True, "nothing proves it", Family.OTHER)
