"""One prepared statement of one session, with all that was looked up for it once."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import psycopg
from psycopg.abc import AdaptContext
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

from janua.database.loading import Rows
from janua.database.writers import Writers
from janua.query import Query

T = TypeVar("T")

_ANSWERS = frozenset(map(int, (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY)))
_FAILED = int(ExecStatus.FATAL_ERROR)


class PreparedStatement(Generic[T]):
    """
    The statement's name in the server, the format of its rows, its parameters' writers, and its rows' loaders.

    ``epoch`` is the catalog's at the time when it was prepared; once that is over, it must be prepared anew.
    """

    __slots__ = ("_context", "_query", "_rows", "_settings", "epoch", "form", "name", "write")

    def __init__(self, query: Query[T], name: bytes, parameters: int, context: AdaptContext, epoch: int) -> None:
        self.name = name
        self.epoch = epoch
        self.form = Format.TEXT if query.text else Format.BINARY
        self.write = Writers(query, parameters, context).write
        self._query = query
        self._context = context
        self._rows = Rows(query, context)
        self._settings: tuple[bytes | None, bytes | None] | None = None

    def rows(self, pgconn: PGconn) -> Rows[T]:
        """Return what reads an answer that has come just now, in the session's time zone."""
        settings = pgconn.parameter_status(b"TimeZone"), pgconn.parameter_status(b"client_encoding")
        # The text form of dates and intervals has settings of its own.
        if settings != self._settings or self._query.text:
            self._settings = settings
            self._rows = Rows(self._query, self._context)
        return self._rows


def statement_name(query: Query[Any], number: int) -> bytes:
    """
    Return a name that is unique in the session, and belongs to this text in any.

    Behind a proxy that mixes up sessions the wrong statement is then none at all, instead of another client's.
    """
    return b"janua_%s_%d" % (blake2b(query.sql.encode(), digest_size=8).hexdigest().encode(), number)


def answer_of(results: Sequence[PGresult]) -> PGresult:
    """
    Return the only result. Raises what the server reports, and where it wants to copy rows.

    A server that ends the connection may do so behind an answer, which then does not count: what it tells of was
    not committed yet, as far as anybody knows.
    """
    result = results[0]
    if len(results) > 1:
        result = next((each for each in results if each.status == _FAILED), result)
    status = result.status
    if status in _ANSWERS:
        return result
    if status == _FAILED:
        raise error_from_result(result)
    raise psycopg.ProgrammingError(f"the statement cannot be called like this: it ended in {ExecStatus(status).name}")
