# Derived from runtime/janua/database/_async/statements.py by tools/derive_sync.py; do not edit.
"""The methods that run one statement, the same on a database, a connection and a transaction."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, LiteralString, TypeVar, overload

from janua.database._sync.many import ManyStatements
from janua.database._sync.prepared import Prepared
from janua.database.commands import declared_writes
from janua.database.results import Result, instances
from janua.paging import Page, Pages
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")


class Statements(ManyStatements):
    """
    Implements the protocol of an executor, whose docstrings hold here.

    All of them raise ParameterError for values that cannot be sent, and psycopg's errors as the
    server reports them, with a note that names the query. A cancelled call cancels its
    statement in the server.
    """

    @property
    @abstractmethod
    def _cursor_secret(self) -> bytes | None:
        """What cursors are signed with."""

    def fetch_one(self, query: Query[T], params: tuple[object, ...] = (), /) -> T:
        """Return the only row. Raises NotFound for none and TooManyRows for more than one."""
        return self._run(query, params, Result.one)

    def fetch_optional(self, query: Query[T], params: tuple[object, ...] = (), /) -> T | None:
        """Return the only row, or None for none. Raises TooManyRows for more than one."""
        return self._run(query, params, Result.optional)

    def fetch_first(self, query: Query[T], params: tuple[object, ...] = (), /) -> T:
        """Return the first row, whatever follows. Raises NotFound for none."""
        return self._run(query, params, Result.first)

    def fetch_all(self, query: Query[T], params: tuple[object, ...] = (), /) -> list[T]:
        """Return all rows, in the server's order."""
        return self._run(query, params, Result.all)

    def fetch_page(
        self,
        pages: Pages[T],
        given: tuple[bool, ...],
        params: tuple[object, ...],
        limit: int,
        after: str | None,
        /,
    ) -> Page[T]:
        """Return the rows behind a cursor, or the first ones. Raises InvalidCursor."""
        secret = self._cursor_secret
        query, values = pages.asked(given, params, limit, after, secret)
        return pages.page(self._run(query, values, Result.all), limit, secret)

    def execute(self, query: Query[None], params: tuple[object, ...] = (), /) -> None:
        """Run a statement whose result does not matter."""
        self._run(query, params, Result.ignore)

    def affected(self, query: Query[None], params: tuple[object, ...] = (), /) -> int:
        """Run a statement and return the number of rows that it inserted, updated, deleted or returned."""
        return self._run(query, params, Result.affected)

    @overload
    def raw(
        self,
        sql: LiteralString,
        params: tuple[object, ...] = (),
        *,
        row: None = None,
        writes: Sequence[str] | None = None,
    ) -> list[dict[str, Any]]: ...
    @overload
    def raw(
        self,
        sql: LiteralString,
        params: tuple[object, ...] = (),
        *,
        row: Callable[..., R],
        writes: Sequence[str] | None = None,
    ) -> list[R]: ...
    def raw(
        self,
        sql: LiteralString,
        params: tuple[object, ...] = (),
        *,
        row: Callable[..., R] | None = None,
        writes: Sequence[str] | None = None,
    ) -> list[dict[str, Any]] | list[R]:
        """
        Run SQL that no query file holds, with ``$1`` placeholders, and return its rows.

        Rows are dicts, or what ``row`` returns when called with the columns by name. A value of
        one of the database's own types comes as text; a dict as a parameter is sent as JSON. A
        statement that returns no rows gives an empty list; without parameters, several
        statements may be given, and the first one's rows are returned.

        ``writes`` are the tables, as ``schema.name``, that it changes, by triggers and cascades too; without it,
        a cache takes whatever it writes for a change of everything.
        """
        return self._prepared("raw", sql, row, writes, kept=False).fetch_all(params)

    @overload
    def prepare(
        self, sql: LiteralString, *, row: None = None, writes: Sequence[str] | None = None
    ) -> Prepared[dict[str, Any]]: ...
    @overload
    def prepare(
        self, sql: LiteralString, *, row: Callable[..., R], writes: Sequence[str] | None = None
    ) -> Prepared[R]: ...
    def prepare(
        self, sql: LiteralString, *, row: Callable[..., R] | None = None, writes: Sequence[str] | None = None
    ) -> Prepared[dict[str, Any]] | Prepared[R]:
        """
        Return SQL that no query file holds, with ``$1`` placeholders, as a statement to be run many times.

        Nothing is sent yet. Rows, parameters and ``writes`` are as those of ``raw``.
        """
        return self._prepared("prepared", sql, row, writes, kept=True)

    def _prepared(
        self, name: str, sql: str, row: Callable[..., R] | None, writes: Sequence[str] | None, *, kept: bool
    ) -> Prepared[dict[str, Any]] | Prepared[R]:
        written = declared_writes(writes)
        query = Query[Any](name=name, sql=sql, text=True, kept=kept, writes=written, changes_settings=True)
        if row is None:
            return Prepared(query, Result.records, self._run)
        return Prepared(query, instances(row), self._run)
