"""What a live database lacks for generated code, queries and tables: found without running anything."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Any, Literal, TypeAlias

import psycopg
from psycopg.pq.abc import PGresult

from janua.dynamic import RowVariants, Variants
from janua.paging import Pages
from janua.query import EnumType, Query

Kind: TypeAlias = Literal[
    "table", "column", "function", "type", "enum label", "parameter", "result", "not null", "statement"
]

# The server's codes (appendix "PostgreSQL Error Codes") for what a statement names and the database lacks.
_KINDS: dict[str, Kind] = {
    "42P01": "table",
    "3F000": "table",
    "42703": "column",
    "42883": "function",
    "42704": "type",
}

LOOK_UP_LABELS = files("janua.database").joinpath("labels.sql").read_text("utf-8")

LOOK_UP_NULLABLE = files("janua.database").joinpath("nullable.sql").read_text("utf-8")

_COPY = re.compile(r"\s*COPY\s+(.*)\s+FROM\s+STDIN\b.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, eq=False)
class WholeQuery(Query[Any]):
    """The query for all declared columns of a table; those at the positions ``never_null`` are NOT NULL."""

    never_null: tuple[int, ...] = ()


Place: TypeAlias = tuple[int, int]
"""A column of a table: its oid and attnum."""


@dataclass(slots=True)
class Places:
    """Which columns of tables are read by which queries, and which of them are said never to be NULL, with names."""

    readers: dict[Place, list[str]] = field(default_factory=dict)
    promised: dict[Place, str] = field(default_factory=dict)

    def note(self, query: Query[Any], origins: Sequence[tuple[Place, str]]) -> None:
        """Take in where a query's columns come from."""
        for place, _ in origins:
            self.readers.setdefault(place, []).append(query.name)
        if isinstance(query, WholeQuery) and len(origins) == len(query.columns):
            for place, column in (origins[at] for at in query.never_null):
                self.promised[place] = f"{query.name.removeprefix('tables.')}.{column}"

    def problems(self, nullable: Sequence[Place]) -> Iterator[Problem]:
        """Yield a problem for each of these columns, which may hold NULL in the database."""
        for place in nullable:
            message = f"{self.promised[place]} may be NULL in the database, and is never None in the generated code"
            yield Problem("not null", message, tuple(dict.fromkeys(self.readers[place])))


def origins_in(result: PGresult) -> list[tuple[Place, str]]:
    """Return the places and names of a described statement's columns; (0, 0) for what is computed."""
    return [
        ((result.ftable(at), result.ftablecol(at)), (result.fname(at) or b"").decode()) for at in range(result.nfields)
    ]


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One difference, and the queries that it breaks, by name: none where a type is known and not used.

    ``kind`` says what is missing or different, ``sqlstate`` is the server's code where it refused the query,
    ``subject`` a type's name where the type is different.
    """

    kind: Kind
    message: str
    queries: tuple[str, ...] = ()
    sqlstate: str | None = None
    subject: str = ""

    def __str__(self) -> str:
        names = ", ".join(self.queries)
        return f"{names}: {self.message}" if names else self.message


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: ``checked`` queries were described, ``problems`` is empty where all of them will run."""

    checked: int
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """True where nothing would break."""
        return not self.problems

    @property
    def broken(self) -> tuple[str, ...]:
        """The names of the queries that would break, in order."""
        return tuple(sorted({name for problem in self.problems for name in problem.queries}))

    def __str__(self) -> str:
        if self.ok:
            return f"the database fits the generated code: {self.checked} queries"
        head = f"{len(self.broken)} of {self.checked} queries would break:"
        return "\n".join([head, *(f"  {problem.kind}: {problem}" for problem in self.problems)])


def queries_of(generated: ModuleType) -> list[Query[Any]]:
    """
    Return the queries of a module or of all modules of a package, by name. Imports them.

    Of one that has variants, as many as have all of its parts; of a table, the one for all of its columns.
    """
    names = [generated.__name__]
    if hasattr(generated, "__path__"):
        names += [each.name for each in pkgutil.walk_packages(generated.__path__, f"{generated.__name__}.")]
    values = {id(value): value for name in names for value in vars(import_module(name)).values()}
    found = {id(query): query for value in values.values() for query in _in(value)}
    return sorted(found.values(), key=lambda query: query.name)


def _in(value: object) -> list[Query[Any]]:
    if isinstance(value, (Variants, RowVariants, Pages)):
        return value.covering()
    # A table of the builder, a layer above. In its class: some values import what they are asked for.
    whole = getattr(type(value), "_whole", None)
    if whole is not None:
        return [whole(value)]
    return [value] if isinstance(value, Query) else []


def refused(query: Query[Any], error: psycopg.Error) -> Problem:
    """Return what the server's refusal says of the database."""
    kind = _KINDS.get(error.sqlstate or "", "statement")
    message = error.diag.message_primary or " ".join(str(error).split())
    return Problem(kind, message, (query.name,), error.sqlstate)


def differing(query: Query[Any], sentences: Iterator[str]) -> Iterator[Problem]:
    """Yield a problem for each type of a parameter or column that is another."""
    for sentence in sentences:
        yield Problem("parameter" if sentence.startswith("the parameter") else "result", sentence, (query.name,))


def enums_of(queries: Sequence[Query[Any]]) -> dict[str, EnumType]:
    """Return the enums that the queries' packages know."""
    types = {query.types for query in queries}
    return {each.name: each for known in types for each in known if isinstance(each, EnumType)}


def label_problems(enums: Mapping[str, EnumType], labels: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Yield a problem for each enum whose labels, as the database has them, are not those of its class."""
    for name, enum in sorted(enums.items()):
        if name not in labels:
            continue
        for sentence, _ in label_differences(name, [member.value for member in enum.python], labels[name]):
            yield Problem("enum label", sentence, subject=name)


def label_differences(name: str, declared: Sequence[str], found: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield what is different about an enum's labels in the database, and whether there are only more of them."""
    if gone := [label for label in declared if label not in found]:
        yield f"the database's type {name} has no label {_quoted(gone)}", False
    if new := [label for label in found if label not in declared]:
        yield f"the generated code knows no label {_quoted(new)} of the type {name}", True


def _quoted(labels: Sequence[str]) -> str:
    return ", ".join(map(repr, labels))


def described_as(query: Query[Any]) -> str:
    """
    Return a statement whose description is the query's.

    A COPY has none before it runs: an INSERT of the same columns names the same things.
    """
    copy = _COPY.fullmatch(query.sql)
    if copy is None:
        return query.sql
    values = ", ".join(f"${number}" for number in range(1, len(query.params) + 1))
    return f"INSERT INTO {copy[1]} VALUES ({values})"
