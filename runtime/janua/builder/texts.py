"""
From the text that a statement was put together as to a query that can run.

The text holds marks between NULs, which SQL cannot contain: the place of a value (``p``, or ``q`` for one of
the project's own classes), where a
relation is named (``f``; ``i``, ``u`` and ``d`` where it is written), where one of its columns is (``c``), a
function (``x``), the ends of a subquery (``(`` and ``)``) and a whole table among the results (``w``). So the text is
the whole structure of the statement: what it became is remembered under it, and values are kept apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, TypeVar

from janua.builder.relations import DEFINITIONS, Definition, Touches, quote
from janua.errors import StatementError
from janua.query import EVERYTHING, NO_TYPES, Query, Types

T = TypeVar("T")

_KEPT = 2048
_MOST_VALUES = 65535
_VALUES = ("p", "q")
_EVENTS = {"f": "select", "i": "insert", "u": "update", "d": "delete"}


@dataclass(frozen=True, eq=False)
class BuiltQuery(Query[T]):
    """A query that was put together, and what it touches."""

    # They are those of the columns beside them: the server may infer text where a column is a varchar.
    params_are_described: ClassVar[bool] = False

    touches: Touches = field(default_factory=Touches)


class Shape(NamedTuple):
    """How the rows of a statement are read: see ``Query``."""

    columns: tuple[str, ...]
    columns_as: Mapping[int, str]
    row: Callable[..., Any] | None
    is_text: bool


# Of statements, not of calls: bounded for programs that put together ever new ones.
_known: dict[tuple[str, Callable[..., Any] | None], BuiltQuery[Any]] = {}


# The tables that cached queries read, of all generated packages in this process.
_cached: set[str] = set()


def declare_cached(tables: tuple[str, ...]) -> None:
    """Have statements that write these tables tell the cache of it. Called by generated modules."""
    _cached.update(tables)
    # They may have been made before the package was imported that caches.
    _known.clear()


def _written(touches: Touches) -> tuple[str, ...]:
    if touches.unknown and _cached:
        return EVERYTHING
    return tuple(name for name in touches.writes if name in _cached)


def finished(text: str, into: Callable[..., Any] | None, shape: Callable[[], Shape]) -> BuiltQuery[Any]:
    """
    Return the query of a statement's text, the same object for the same text.

    ``shape`` is called where the text is new. Raises StatementError where the relations do not fit together.
    """
    query = _known.get((text, into))
    if query is None:
        query = _query(text, shape())
        if len(_known) >= _KEPT:
            # A copy, because another thread may add to it meanwhile; the oldest goes.
            _known.pop(list(_known)[0], None)  # noqa: RUF015
        _known[text, into] = query
    return query


def _query(text: str, shape: Shape) -> BuiltQuery[Any]:
    pieces = text.split("\0")
    marks = pieces[1::2]
    _check_names(marks)
    params: list[str] = []
    own = tuple(at for at, mark in enumerate(each for each in marks if each[:1] in _VALUES) if mark[:1] == "q")
    for at in range(1, len(pieces), 2):
        pieces[at] = _sql(pieces[at], params)
    if len(params) > _MOST_VALUES:
        raise StatementError(f"the statement has {len(params)} values, and the server takes {_MOST_VALUES} at most")
    touches = _touches(marks)
    return BuiltQuery(
        name=_title(marks),
        sql="".join(pieces),
        params=tuple(params),
        columns=shape.columns,
        columns_as=shape.columns_as,
        own_parameters=own,
        row=shape.row,
        types=_types(marks),
        text=shape.is_text,
        touches=touches,
        writes=_written(touches),
    )


def _sql(mark: str, params: list[str]) -> str:
    kind, rest = mark[:1], mark[1:]
    if kind in _VALUES:
        params.append(rest)
        return f"${len(params)}"
    if kind in _EVENTS:
        definition, _, alias = _relation(rest)
        name = f"{quote(definition.schema)}.{quote(definition.name)}"
        return name if alias == definition.name else f"{name} AS {quote(alias)}"
    return kind if kind in "()" else ""


def _relation(key: str) -> tuple[Definition, bool, str]:
    number, outer, alias = key.split("|", 2)
    return DEFINITIONS[int(number)], bool(outer), alias


def _check_names(marks: list[str]) -> None:
    """
    See that each name means one relation, and that those exist whose columns are used.

    A column of a table under a name that means its outer twin here would be called not null, and be NULL.
    """
    meant: dict[str, str] = {}
    within: list[set[str]] = [set()]
    for mark in marks:
        kind, key = mark[:1], mark[1:]
        if kind == "(":
            within.append(set())
        elif kind == ")":
            within.pop()
        elif kind in _EVENTS:
            alias = _relation(key)[2]
            if meant.setdefault(alias, key) != key or any(alias in names for names in within):
                raise StatementError(f'two relations are called "{alias}" in one statement: give one of them as_()')
            within[-1].add(alias)
    for key in (mark[1:] for mark in marks if mark[:1] == "c"):
        definition, is_outer, alias = _relation(key)
        if meant.get(alias) != key:
            described = f'{"outer " if is_outer else ""}{definition.schema}.{definition.name} as "{alias}"'
            raise StatementError(f"a column of {described} is used, which the statement does not select from or join")


def _types(marks: list[str]) -> Types:
    found = {id(each.types): each.types for each, _ in _named(marks)}
    if len(found) > 1:
        raise StatementError("the tables of one statement must come from one generated package")
    return next(iter(found.values()), NO_TYPES)


def _named(marks: list[str]) -> Iterator[tuple[Definition, str]]:
    for mark in marks:
        if mark[:1] in _EVENTS:
            yield _relation(mark[1:])[0], _EVENTS[mark[:1]]


def _touches(marks: list[str]) -> Touches:
    found = [each.touches[event] for each, event in _named(marks)]
    unknown = {each.unknown for each in found} | {f"calls {mark[1:]}" for mark in marks if mark[:1] == "x"}
    return Touches(
        tuple(sorted({name for each in found for name in each.reads})),
        tuple(sorted({name for each in found for name in each.writes})),
        "; ".join(sorted(unknown - {""})),
    )


def _title(marks: list[str]) -> str:
    named = list(_named(marks))
    for definition, event in [each for each in named if each[1] != "select"] or named:
        return f"builder: {event} on {definition.schema}.{definition.name}"
    return "builder: select"
