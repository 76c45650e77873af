"""What a statement's answer becomes: rows built by position, and the number of rows checked."""

from __future__ import annotations

from collections.abc import Callable
from itertools import starmap
from typing import Any, Generic, TypeAlias, TypeVar

from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from janua.database.loading import Rows
from janua.errors import NotFound, RowCountError, TooManyRows
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")

# A plain number: a member of an enum is looked up by way of its metaclass.
_TUPLES_OK = int(ExecStatus.TUPLES_OK)


# Not a frozen dataclass, which takes thrice the time to make: one is made for every call.
class Result(Generic[T]):
    """One answer of the server, not yet decoded; valid until the connection runs its next statement."""

    __slots__ = ("pgresult", "query", "rows")

    def __init__(self, query: Query[T], pgresult: PGresult, rows: Rows[T]) -> None:
        self.query = query
        self.pgresult = pgresult
        self.rows = rows

    def one(self) -> T:
        """Return the only row. Raises NotFound for none and TooManyRows for more than one."""
        if self.pgresult.ntuples == 1 and self.query.fold is None:
            return self._single()
        found = self._at_most_one()
        if not found:
            raise NotFound(f"{self.query.name} returned no row", self.query.name)
        return found[0]

    def optional(self) -> T | None:
        """Return the only row or None. Raises TooManyRows for more than one."""
        if self.pgresult.ntuples == 1 and self.query.fold is None:
            return self._single()
        found = self._at_most_one()
        return found[0] if found else None

    def first(self) -> T:
        """Return the first row. Raises NotFound for none."""
        self._check_rows()
        if not self.pgresult.ntuples:
            raise NotFound(f"{self.query.name} returned no row", self.query.name)
        return self._load(1)[0]

    def all(self) -> list[T]:
        """Return every row."""
        self._check_rows()
        return self._load(self.pgresult.ntuples)

    def affected(self) -> int:
        """Return the number of rows that the statement touched or returned; 0 where it does not say."""
        if self.pgresult.status == _TUPLES_OK:
            return self.pgresult.ntuples
        return self.pgresult.command_tuples or 0

    def ignore(self) -> None:
        """Return nothing."""

    def records(self) -> list[dict[str, Any]]:
        """Return every row as a dict by column name; none for a statement that returns no rows."""
        if self.pgresult.status != _TUPLES_OK:
            return []
        names = [(self.pgresult.fname(i) or b"").decode() for i in range(self.pgresult.nfields)]
        return [dict(zip(names, row, strict=True)) for row in self._tuples(self.pgresult.ntuples)]

    def _at_most_one(self) -> list[T]:
        """Return the only result or nothing. A second row is noticed before any is decoded, unless rows are folded."""
        self._check_rows()
        if self.query.fold is None:
            self._check_count(self.pgresult.ntuples)
        found = self._load(self.pgresult.ntuples)
        self._check_count(len(found))
        return found

    def _single(self) -> T:
        """Return what the only row makes: the shortest way, because it is the commonest one."""
        [row] = self.rows.tuples(self.pgresult, 1)
        make = self.query.row
        found: T = row[0] if make is None else make(*row)
        return found

    def _check_count(self, count: int) -> None:
        if count > 1:
            raise TooManyRows(f"{self.query.name} returned {count} rows instead of one", self.query.name)

    def _check_rows(self) -> None:
        if self.pgresult.status != _TUPLES_OK:
            name = self.query.name
            raise RowCountError(f"{name} does not return rows; call it with execute or affected", name)

    def _load(self, count: int) -> list[T]:
        rows = self._tuples(count)
        if self.query.fold is not None:
            return self.query.fold(rows)
        if self.query.row is None:
            return [row[0] for row in rows]
        return list(starmap(self.query.row, rows))

    def _tuples(self, count: int) -> list[tuple[Any, ...]]:
        return self.rows.tuples(self.pgresult, count)


ReadRows: TypeAlias = Callable[[Result[Any]], list[R]]
"""Makes rows of an answer whose columns are known only when it is there."""


def instances(row: Callable[..., R]) -> ReadRows[R]:
    """Return what reads an answer as instances of ``row``, called with the columns by name."""

    def read(result: Result[Any]) -> list[R]:
        return [row(**record) for record in result.records()]

    return read


def optional_of(read: ReadRows[R]) -> Callable[[Result[Any]], R | None]:
    """Return what reads the only row or None. It raises TooManyRows for more than one."""

    def optional(result: Result[Any]) -> R | None:
        result._check_rows()
        result._check_count(result.pgresult.ntuples)
        found = read(result)
        return found[0] if found else None

    return optional


def one_of(read: ReadRows[R]) -> Callable[[Result[Any]], R]:
    """Return what reads the only row. It raises NotFound for none and TooManyRows for more than one."""

    def one(result: Result[Any]) -> R:
        result._check_count(result.pgresult.ntuples)
        return first_of(read)(result)

    return one


def first_of(read: ReadRows[R]) -> Callable[[Result[Any]], R]:
    """Return what reads the first row. It raises NotFound for none."""

    def first(result: Result[Any]) -> R:
        result._check_rows()
        found = read(result)
        if not found:
            raise NotFound(f"{result.query.name} returned no row", result.query.name)
        return found[0]

    return first
