"""COPY: an iterable of rows into a table, all of them or none."""

from __future__ import annotations

import psycopg

from janua.database._async.session import AsyncSession, Cursor
from janua.database.concurrency import async_chunks
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


async def copy_rows(session: AsyncSession, query: Query[None] | RowVariants[None], rows: CopySource[object]) -> int:
    """
    Copy the rows and return how many the table has taken.

    Whatever ends it early leaves nothing in the table: a row that cannot be sent or is refused, an error
    of the iterable, a cancellation.
    """
    check_many(whole(query), rows)
    session.check_free(whole(query).name)
    if not session.events.watches_calls:
        return await _copy_rows(session, query, rows)
    with Observation(session.events, whole(query), None, read_nothing) as observation:
        observation.rows = await _copy_rows(session, query, rows)
        return observation.rows


async def _copy_rows(session: AsyncSession, query: Query[None] | RowVariants[None], rows: CopySource[object]) -> int:
    async with session._statement_lock:
        cursor = await session._cursor_for(whole(query).types)
        session.copying = whole(query).name
        try:
            await _copy(session, cursor, query, rows)
        except _Stopped as stopped:
            raise stopped.cause from None
        except psycopg.Error as error:
            error.add_note(f"query: {whole(query).name}")
            session.name_violation(error, whole(query).types)
            raise
        finally:
            session.copying = ""
        return cursor.rowcount


async def _copy(
    session: AsyncSession, cursor: Cursor, query: Query[None] | RowVariants[None], rows: CopySource[object]
) -> None:
    portions = async_chunks(rows, CHUNK)
    # which columns there are, the first rows tell
    chunk: list[object] = await anext(portions, []) if isinstance(query, RowVariants) else []
    fit = fitting(query, chunk)
    form = row_format(fit, cursor)
    async with cursor.copy(f"{session.text_of(fit)}{form.options}".encode()) as copy:
        if form.types:
            copy.set_types(form.types)
        try:
            sent = 0
            while chunk := chunk or await anext(portions, []):
                check_columns(query, fit, chunk, sent + 1)
                for data in formatted(fit, form, copy.formatter.write_row, chunk, sent + 1):
                    await copy.writer.write(data)
                sent += len(chunk)
                chunk = []
        except BaseException as error:
            raise _Stopped(error) from None
