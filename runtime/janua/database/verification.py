"""What a live database lacks for generated code: found without running a query."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Any, Literal, TypeAlias

import psycopg

from janua.dynamic import RowVariants, Variants
from janua.paging import Pages
from janua.query import EnumType, Query

Kind: TypeAlias = Literal["table", "column", "function", "type", "enum label", "parameter", "result", "statement"]

# The server's codes (appendix "PostgreSQL Error Codes") for what a statement names and the database lacks.
_KINDS: dict[str, Kind] = {
    "42P01": "table",
    "3F000": "table",
    "42703": "column",
    "42883": "function",
    "42704": "type",
}

LOOK_UP_LABELS = files("janua.database").joinpath("labels.sql").read_text("utf-8")

_COPY = re.compile(r"\s*COPY\s+(.*)\s+FROM\s+STDIN\b.*", re.IGNORECASE | re.DOTALL)


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

    Of one that has variants, as many as have all of its parts.
    """
    names = [generated.__name__]
    if hasattr(generated, "__path__"):
        names += [each.name for each in pkgutil.walk_packages(generated.__path__, f"{generated.__name__}.")]
    found = {id(query): query for name in names for value in vars(import_module(name)).values() for query in _in(value)}
    return sorted(found.values(), key=lambda query: query.name)


def _in(value: object) -> list[Query[Any]]:
    if isinstance(value, (Variants, RowVariants, Pages)):
        return value.covering()
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
