"""
Scopes: which relations a name may mean, and what is known of their columns there.

A relation is *extended* by the outer joins that may put NULLs in place of its whole row. A
column is *known* where a predicate that every row passed would have refused a NULL in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TypeAlias

from sqlglot import exp

from janua_generator.analysis.questions import Questions
from janua_generator.analysis.values import Extension, Family, Value, not_null, nullable
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType, Relation

JOIN_IDS = count()
"""A number for each outer join, its own whichever statement or view it is in."""

_SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
_STORED = frozenset({"table", "partitioned table", "materialized view"})


@dataclass(frozen=True, slots=True)
class Origin:
    """The column of a relation that a value, where it is not NULL, was read from unchanged."""

    relation: Relation
    column: str

    @property
    def type(self) -> str:
        """The column's declared type."""
        return self.relation.by_name[self.column].type


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column that a relation or query offers by name; the name is empty where it cannot be told.

    ``home`` is the column that its values were read from unchanged for all that their type matters: also
    that of a view, of other rows (inheritance children) or another moment (a materialized view).
    """

    name: str
    value: Value
    origin: Origin | None = None
    home: Origin | None = None


IsKey: TypeAlias = Callable[[frozenset[int]], bool]
"""Whether no two rows of a result share the values of some columns, by position, where none of them is NULL."""


def no_key(columns: frozenset[int]) -> bool:
    """Of a result of which nothing tells the rows apart."""
    return False


@dataclass(frozen=True, slots=True)
class Output:
    """
    The result of a query: its columns and how many rows it has at most and at least.

    ``columns`` is None where they cannot be told, and ``count_reason`` says what decided the rest.
    ``is_whole``: it has all rows of the one table that its columns are of. ``is_key`` says whether no two rows share
    the values of some columns, by their positions, where none of them is NULL.
    """

    columns: tuple[Column, ...] | None
    at_most_one: bool = False
    at_least_one: bool = False
    count_reason: str = ""
    is_whole: bool = False
    is_key: IsKey = no_key


OPAQUE = Output(None)
"""A statement of which nothing is known."""


@dataclass(eq=False, slots=True)
class Source:
    """
    One relation of a FROM clause. ``columns`` is None where they cannot be told.

    ``relation`` is the table or view that it is, under that one's own column names. Where it has
    ``at_most_one`` row, that row is the same for all rows of ``depends_on``, and computed once
    unless it is ``volatile``. ``is_whole``: it has all rows of the table that its columns are of.
    ``is_scalar``: it is a function's value, which its own name stands for too. ``is_renamed``: its columns have names
    of the query's that its row as a whole, whose type is declared, does not know. ``has_row``: that row is made of its
    columns, and so is there even where all of them are NULL.
    ``referred_to_by`` is the column whose foreign key keeps it from being replaced by an outer join. ``is_key`` is that
    of the query that it is. ``stands_for`` is the column whose value the one that USING merged has.
    """

    alias: str
    columns: tuple[Column, ...] | None
    relation: Relation | None = None
    is_key: IsKey = no_key
    stands_for: tuple[Source, Column] | None = None
    at_most_one: bool = False
    at_least_one: bool = False
    is_whole: bool = False
    is_scalar: bool = False
    is_renamed: bool = False
    has_row: bool = False
    depends_on: tuple[Source, ...] = ()
    volatile: bool = False
    referred_to_by: str = ""
    extended_by: set[int] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def column(self, name: str) -> Column | None:
        """The column of this name, unless there are several. Every row that a table stores has the system's own."""
        found = [each for each in self.columns or () if each.name == name]
        if not found and name in _SYSTEM_COLUMNS and self.relation is not None and self.relation.kind in _STORED:
            return Column(name, not_null(f"{name} is a system column"))
        return found[0] if len(found) == 1 else None

    def is_told_apart_by(self, names: Set[str]) -> bool:
        """Whether, as a query, no two of its rows share the values of these columns."""
        return self.is_key(frozenset(at for at, each in enumerate(self.columns or ()) if each.name in names))

    def may_have(self, name: str) -> bool:
        """Whether the name might mean one of its columns, for all that is known."""
        if self.columns is None or (self.relation is not None and name in _SYSTEM_COLUMNS):
            return True
        return any(each.name in (name, "") for each in self.columns)

    def value(self, column: Column) -> Value:
        """What is known of the column in the rows that the FROM clause gives."""
        present = self.present_value(column)
        if self.extended_by:
            why = f"{self.alias} is on the nullable side of an outer join"
            extension = Extension(frozenset(self.extended_by), present)
            return Value(True, why, column.value.family, extension, present.shape)
        return present

    def present_value(self, column: Column) -> Value:
        """What is known of the column in the rows in which no outer join replaced this relation."""
        if column.value.nullable and column.name in self.known:
            why = f"a condition refuses NULL in {self.alias}.{column.name}"
            return Value(False, why, column.value.family, shape=column.value.shape)
        if self.referred_to_by and not column.value.nullable:
            return replace(column.value, why=f"{column.value.why}, and {self.referred_to_by} refers to its row")
        return column.value


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
class Referring:
    """Columns of one relation that refer to another: where none is NULL, the row that they refer to is there."""

    references: tuple[Reference, ...]

    @property
    def source(self) -> Source:
        """The relation that the columns are of."""
        return self.references[0].source

    @property
    def is_sure(self) -> bool:
        """Whether none is NULL, for all that is known at present."""
        return not any(each.value.nullable for each in self.references)

    @property
    def is_sure_where_present(self) -> bool:
        """Whether none is NULL but for outer joins that replace the whole relation."""
        return not any(self.source.present_value(each.column).nullable for each in self.references)


@dataclass(frozen=True, slots=True)
class Condition:
    """A conjunct that holds in every row in which any of ``sources`` is present."""

    predicate: exp.Expr
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Equality:
    """Two columns that USING or NATURAL made equal in every row in which any of ``sources`` is present."""

    left: tuple[Source, Column]
    right: tuple[Source, Column]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Environment:
    """
    What is the same for all scopes of a statement.

    ``analyse`` is how a statement inside another is understood: it is given, so that what reads
    FROM clauses and expressions need not know what reads whole statements. ``one_snapshot``: all
    that the statement reads is as of one moment.
    """

    introspection: Introspection
    analyse: Callable[[exp.Expr, Scope], Output]
    one_snapshot: bool = True
    nullable_parameters: frozenset[int] = frozenset()
    parameter_types: Mapping[int, PgType] = field(default_factory=dict)
    views: dict[tuple[str, bool], Output] = field(default_factory=dict)
    questions: Questions = field(default_factory=Questions)


@dataclass(frozen=True, slots=True)
class Computed:
    """An expression over the rows of a query level, by its tree and the functions that its calls were written as."""

    node: exp.Expr
    calls: tuple[str, ...]


Fact: TypeAlias = tuple[Source, str] | Computed
"""A column, or an expression over columns, that is not NULL."""

State: TypeAlias = tuple[list[tuple[Source, set[str], set[int]]], set[Computed]]
"""What is known of each relation, and of expressions over them, at a time."""


@dataclass(eq=False, slots=True)
class Scope:
    """
    One query level. Names that it lacks are looked up in ``parent``.

    ``has_grouping_sets``: some rows of the result lack what others are grouped by;
    ``groups_by_expressions``: and that may be any expression of the select list. ``at_least_one``:
    FROM gives a row, before WHERE. ``matched_by``: what makes an outer join find its row, by the join.
    ``given``: columns that are taken to have one value in all rows, none of them NULL. ``computed`` are expressions in
    which a predicate that every row passed would have refused a NULL.
    """

    environment: Environment
    parent: Scope | None = None
    sources: list[Source] = field(default_factory=list)
    merged: list[Source] = field(default_factory=list)
    ctes: Mapping[str, Output] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    equalities: list[Equality] = field(default_factory=list)
    computed: set[Computed] = field(default_factory=set)
    given: Set[tuple[Source, str]] = frozenset()
    aggregates_over_none: bool = False
    has_grouping_sets: bool = False
    groups_by_expressions: bool = False
    has_full_join: bool = False
    at_least_one: bool = True
    matched_by: dict[int, Referring] = field(default_factory=dict)
    assumed: list[State] = field(default_factory=list)
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

    def called(self, name: str) -> list[Source]:
        """The relations that go by a name, in the innermost scope that has one."""
        found = self._named(name)
        return found if found or self.parent is None else self.parent.called(name)

    def _named(self, table: str) -> list[Source]:
        return [source for source in self.sources if source.alias == table]

    def _with_column(self, name: str) -> list[Source]:
        merged = [source for source in self.merged if source.column(name) is not None]
        if merged:
            return merged[-1:]
        # a query that the server accepts has no ambiguous name: who has it for sure, is meant
        sure = [source for source in self.sources if source.column(name) is not None]
        return sure or [source for source in self.sources if source.may_have(name)]

    def learn(self, facts: Iterable[Fact], among: Iterable[Source] | None = None) -> None:
        """
        Take in that these are not NULL, in all rows where their relation is present.

        ``among`` are the relations that are concerned, instead of all of them; of expressions nothing is learned then.

        A relation with a non-null value is itself present, so every outer join that might have
        replaced it did match, for all relations on that side of it.
        """
        reach = list(self.sources) + list(self.merged) if among is None else list(among)
        for fact in facts:
            if isinstance(fact, Computed):
                self.computed |= {fact} if among is None else set()
                continue
            source, name = fact
            if source not in reach:
                continue
            source.known.add(name)
            _match(set(source.extended_by), reach)
        # each match may show that another relation is present, and so what it refers to
        for _ in self.matched_by:
            _match({join for join, referring in self.matched_by.items() if referring.is_sure}, reach)

    @contextmanager
    def assuming(self, facts: Iterable[Fact]) -> Iterator[None]:
        """Where these are not NULL: what :meth:`learn` takes in, for a while."""
        saved = self._state()
        self.assumed.append(saved)
        self.computed = set(self.computed)
        for source, known, extended_by in saved[0]:
            source.known, source.extended_by = set(known), set(extended_by)
        try:
            self.learn(facts)
            yield
        finally:
            self.assumed.pop()
            self._restore(saved)

    @contextmanager
    def giving(self, columns: Set[tuple[Source, str]]) -> Iterator[None]:
        """Where these columns have one value in all rows, which is not NULL."""
        saved, self.given = self.given, columns
        try:
            yield
        finally:
            self.given = saved

    @contextmanager
    def everywhere(self) -> Iterator[None]:
        """What holds in all rows of this level, and not only in those for which something is assumed."""
        saved, assumed = self._state(), self.assumed
        self._restore(assumed[0] if assumed else saved)
        self.assumed = []
        try:
            yield
        finally:
            self.assumed = assumed
            self._restore(saved)

    def _state(self) -> State:
        rows = [(source, source.known, source.extended_by) for source in (*self.sources, *self.merged)]
        return rows, self.computed

    def _restore(self, state: State) -> None:
        rows, self.computed = state
        for source, known, extended_by in rows:
            source.known, source.extended_by = known, extended_by


def _match(joins: set[int], reach: Iterable[Source]) -> None:
    """These outer joins found their rows: they replace nothing."""
    for each in reach:
        each.extended_by -= joins


def columns_named(names: Iterable[str], value: Value) -> tuple[Column, ...]:
    """Columns of which only the names are known."""
    return tuple(Column(name, value) for name in names)


def renamed(columns: tuple[Column, ...] | None, names: list[str]) -> tuple[Column, ...] | None:
    """The columns under the names of an alias list, which may be shorter."""
    if columns is None:
        return columns_named(names, nullable("unknown relation")) if names else None
    return tuple(replace(column, name=names[at]) if at < len(names) else column for at, column in enumerate(columns))


UNKNOWN = Value(True, "nothing proves it", Family.OTHER)
