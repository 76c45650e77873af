# Derived from runtime/janua/database/_async/copying.py by tools/derive_sync.py; do not edit.
"""COPY: an iterable of rows into a table, all of them or none."""

from __future__ import annotations

import psycopg

from janua.database._sync.session import Cursor, Session
from janua.database.concurrency import chunks
from janua.database.copying import CHUNK, formatted, row_format
from janua.database.observation import Observation, read_nothing
from janua.database.sets import check_columns, check_many, fitting, whole
from janua.dynamic import RowVariants
from janua.protocols import CopySource
from janua.query import Query


class _Stopped(Exception):
    """Ends a COPY because of another error, whose text would go into the server's log in its place."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause


def copy_rows(session: Session, query: Query[None] | RowVariants[None], rows: CopySource[object]) -> int:
    """
    Copy the rows and return how many the table has taken.

    Whatever ends it early leaves nothing in the table: a row that cannot be sent or is refused, an error
    of the iterable, a cancellation.
    """
    check_many(whole(query), rows)
    session.check_free(whole(query).name)
    if not session.events.watches_calls:
        return _copy_rows(session, query, rows)
    with Observation(session.events, whole(query), None, read_nothing) as observation:
        observation.rows = _copy_rows(session, query, rows)
        return observation.rows


def _copy_rows(session: Session, query: Query[None] | RowVariants[None], rows: CopySource[object]) -> int:
    with session._statement_lock:
        cursor = session._cursor_for(whole(query).types)
        session.copying = whole(query).name
        try:
            _copy(session, cursor, query, rows)
        except _Stopped as stopped:
            raise stopped.cause from None
        except psycopg.Error as error:
            error.add_note(f"query: {whole(query).name}")
            session.name_violation(error, whole(query).types)
            raise
        finally:
            session.copying = ""
        return cursor.rowcount


def _copy(session: Session, cursor: Cursor, query: Query[None] | RowVariants[None], rows: CopySource[object]) -> None:
    portions = chunks(rows, CHUNK)
    # which columns there are, the first rows tell
    chunk: list[object] = next(portions, []) if isinstance(query, RowVariants) else []
    fit = fitting(query, chunk)
    form = row_format(fit, cursor)
    with cursor.copy(f"{session.text_of(fit)}{form.options}".encode()) as copy:
        if form.types:
            copy.set_types(form.types)
        try:
            sent = 0
            while chunk := chunk or next(portions, []):
                check_columns(query, fit, chunk, sent + 1)
                for data in formatted(fit, form, copy.formatter.write_row, chunk, sent + 1):
                    copy.writer.write(data)
                sent += len(chunk)
                chunk = []
        except BaseException as error:
            raise _Stopped(error) from None
