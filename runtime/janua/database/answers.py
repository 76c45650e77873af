"""
Answers that are kept: the values as the server sent them, read again by what reads the server's own.

So a kept answer gives what the server gave, whatever the types are and whatever the rows are made into.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

import msgspec
from psycopg import adapt
from psycopg.abc import AdaptContext, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

from janua.database.loading import Rows, stored_rows
from janua.database.results import Result
from janua.query import Query

T = TypeVar("T")
R = TypeVar("R")

_TUPLES_OK = int(ExecStatus.TUPLES_OK)
_ZONED = (1184, 1266)

Row = list[bytes | None]


class StoredAnswer(msgspec.Struct, array_like=True, gc=False):
    """An answer: the format of its values (0 is text, 1 binary), the types' OIDs, and the rows."""

    form: int
    types: list[int]
    rows: list[Row]

    # What a PGresult has, as far as a Result asks for it.
    @property
    def ntuples(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def status(self) -> int:
        """That rows were returned."""
        return _TUPLES_OK

    @property
    def command_tuples(self) -> int:
        """How many rows there are."""
        return len(self.rows)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(StoredAnswer).decode


def encoded(result: PGresult) -> bytes:
    """Return an answer of the server as bytes."""
    columns = range(result.nfields)
    value = result.get_value
    rows: list[Row] = [[value(row, column) for column in columns] for row in range(result.ntuples)]
    form = int(result.fformat(0)) if result.nfields else 0
    return _encode(StoredAnswer(form, [result.ftype(column) for column in columns], rows))


class Recorder(Generic[R]):
    """Reads an answer, and keeps what came as bytes."""

    def __init__(self, read: Callable[[Result[Any]], R]) -> None:
        self._read = read
        self.answer: bytes | None = None

    def __call__(self, result: Result[Any]) -> R:
        # A wrong number of rows is an answer too; what cannot be read is none.
        self.answer = encoded(result.pgresult) if result.pgresult.status == _TUPLES_OK else None
        return self._read(result)


class AnswerReader(Generic[T]):
    """Reads the kept answers to one query, as a session would that is like the one at hand."""

    def __init__(self, query: Query[T], context: AdaptContext) -> None:
        self._query = query
        self._context = context
        self._known: tuple[list[int], int, Rows[T]] | None = None

    def read(self, answer: bytes, read: Callable[[Result[T]], R]) -> R:
        """Return what ``read`` makes of the answer."""
        stored = _decode(answer)
        known = self._known
        if known is None or known[0] != stored.types or known[1] != stored.form:
            known = self._known = stored.types, stored.form, self._rows(stored)
        return read(Result(self._query, cast("PGresult", stored), known[2]))

    def _rows(self, stored: StoredAnswer) -> Rows[T]:
        transformer = adapt.Transformer(self._context)
        form = Format(stored.form)
        for oid in _ZONED:
            # Now, in the session's time zone: arrays look their elements' up later, when it may be closed.
            transformer.get_loader(oid, form)
        return cast("Rows[T]", StoredRows(self._query, transformer, stored.types, form))


class StoredRows:
    """Stands for ``Rows`` where the answer is a kept one."""

    __slots__ = ("tuples",)

    def __init__(self, query: Query[Any], transformer: Transformer, types: Sequence[int], form: Format) -> None:
        load = stored_rows(query, transformer, types, form)

        def tuples(answer: StoredAnswer, count: int) -> list[tuple[Any, ...]]:
            return load(answer.rows if count == len(answer.rows) else answer.rows[:count])

        self.tuples = tuples
