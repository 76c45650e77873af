"""How a statement with rows runs: on a database, a connection or a transaction, of either kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from janua.builder.expressions import Expression, Selects
from janua.builder.relations import Relation, Touches
from janua.builder.texts import BuiltQuery, Shape, finished
from janua.protocols import AsyncExecutor, Coro, Executor

R = TypeVar("R")
S = TypeVar("S")


class Statement(ABC):
    """A statement that can run. Every method returns a new one: parts may be kept and used again."""

    def __init__(self, selected: tuple[Selects[Any, Any], ...], into: Callable[..., Any] | None = None) -> None:
        self._selected = selected
        self._into = into

    @abstractmethod
    def _parts(self) -> tuple[str, tuple[object, ...]]:
        """The statement's text, and the values in the order of their places."""

    def _built(self) -> tuple[BuiltQuery[Any], tuple[object, ...]]:
        text, values = self._parts()
        return finished(text, self._into, self._shape), values

    def _shape(self) -> Shape:
        return shape_of(self._selected, self._into)

    @property
    def sql(self) -> str:
        """What is sent, with ``$1`` for the first value."""
        return self._built()[0].sql

    @property
    def touches(self) -> Touches:
        """Which tables are read and written, by triggers and cascades too."""
        return self._built()[0].touches


class Fetches(Statement, Generic[R]):
    """A statement whose rows are ``R``. What its methods raise is what those of an executor do."""

    def into(self, row: Callable[..., S], /) -> Fetches[S]:
        """Return the same with rows that are made by ``row``, which is called with the columns by position."""
        made: Any = object.__new__(type(self))
        made.__dict__.update(self.__dict__, _into=row)
        return made  # type: ignore[no-any-return]

    @overload
    def all(self, db: Executor, /) -> list[R]: ...
    @overload
    def all(self, db: AsyncExecutor, /) -> Coro[list[R]]: ...
    def all(self, db: Executor | AsyncExecutor, /) -> list[R] | Coro[list[R]]:
        """Return all rows."""
        query, values = self._built()
        return db.fetch_all(query, values)

    @overload
    def one(self, db: Executor, /) -> R: ...
    @overload
    def one(self, db: AsyncExecutor, /) -> Coro[R]: ...
    def one(self, db: Executor | AsyncExecutor, /) -> R | Coro[R]:
        """Return the only row. Raises NotFound for none and TooManyRows for more than one."""
        query, values = self._built()
        return db.fetch_one(query, values)

    @overload
    def optional(self, db: Executor, /) -> R | None: ...
    @overload
    def optional(self, db: AsyncExecutor, /) -> Coro[R | None]: ...
    def optional(self, db: Executor | AsyncExecutor, /) -> R | Coro[R | None] | None:
        """Return the only row, or None for none. Raises TooManyRows for more than one."""
        query, values = self._built()
        return db.fetch_optional(query, values)

    @overload
    def first(self, db: Executor, /) -> R: ...
    @overload
    def first(self, db: AsyncExecutor, /) -> Coro[R]: ...
    def first(self, db: Executor | AsyncExecutor, /) -> R | Coro[R]:
        """Return the first row, whatever follows. Raises NotFound for none."""
        query, values = self._built()
        return db.fetch_first(query, values)


def listed(selected: tuple[Selects[Any, Any], ...]) -> tuple[str, tuple[object, ...]]:
    """The columns of a SELECT or RETURNING, as text and with their values."""
    texts: list[str] = []
    values: tuple[object, ...] = ()
    for each in selected:
        if isinstance(each, Expression):
            texts.append(each._text)
            values += each._values
        elif isinstance(each, Relation):
            texts.append(f"\0w{each._key}\0" + ", ".join(column._text for column in each._columns()))
        else:
            raise TypeError(f"a column, an expression or a table can be selected, not a {type(each).__name__}")
    return ", ".join(texts), values


def width(each: Selects[Any, Any]) -> int:
    """How many columns it is."""
    return len(each._definition.columns) if isinstance(each, Relation) else 1


def shape_of(selected: tuple[Selects[Any, Any], ...], into: Callable[..., Any] | None) -> Shape:
    """How rows of these are read."""
    columns: list[Expression[Any, Any]] = []
    for each in selected:
        columns += each._columns() if isinstance(each, Relation) else [each]  # type: ignore[list-item]
    types = tuple(each._type for each in columns)
    is_text = not all(each._binary for each in columns)
    # A type that nobody knows (of a sum of what has none) must not be compared with the server's.
    own = {at: each._own for at, each in enumerate(columns) if each._own}
    return Shape(types if all(types) or own else (), own, into or _row_of(selected), is_text)


def _row_of(selected: tuple[Selects[Any, Any], ...]) -> Callable[..., Any] | None:
    makers = [_maker(each) for each in selected]
    if len(makers) == 1:
        return makers[0] or None
    if not any(makers):
        return _tuple
    widths = [width(each) for each in selected]
    starts = [sum(widths[:at]) for at in range(len(widths))]
    pieces = list(zip(starts, widths, makers, strict=True))

    def row(*columns: Any) -> tuple[Any, ...]:
        return tuple(
            columns[start] if make is None else make(*columns[start : start + count]) for start, count, make in pieces
        )

    return row


def _tuple(*columns: Any) -> tuple[Any, ...]:
    return columns


def _maker(each: Selects[Any, Any]) -> Callable[..., Any] | None:
    """What makes a table's row of its columns, and None of an outer table's that is not there."""
    if not isinstance(each, Relation):
        return None
    make = each._definition.row
    if make is None:
        raise TypeError(f"{each!r} has a column of a type without a class here: select columns one by one")
    if not each._is_outer:
        return make
    present = next((at for at, column in enumerate(each._definition.columns) if not column.nullable), None)
    if present is None:
        raise TypeError(f"{each!r} has no column that is NOT NULL, and so no sign of a row: select its columns")
    return lambda *columns: None if columns[present] is None else make(*columns)
