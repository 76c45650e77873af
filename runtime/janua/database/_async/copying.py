"""COPY: an iterable of rows into a table, all of them or none."""

from __future__ import annotations

import psycopg

from janua.database._async.session import AsyncSession, Cursor
from janua.database.concurrency import async_chunks
from janua.database.copying import CHUNK, formatted, row_format
from janua.database.observation import Observation, read_nothing
from janua.database.sets import check_many
from janua.protocols import CopySource
from janua.query import Query


class _Stopped(Exception):
    """Ends a COPY because of another error, whose text would go into the server's log in its place."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause


async def copy_rows(session: AsyncSession, query: Query[None], rows: CopySource[object]) -> int:
    """
    Copy the rows and return how many the table has taken.

    Whatever ends it early leaves nothing in the table: a row that cannot be sent or is refused, an error
    of the iterable, a cancellation.
    """
    check_many(query, rows)
    session.check_free(query.name)
    if not session.events.watches_calls:
        return await _copy_rows(session, query, rows)
    with Observation(session.events, query, None, read_nothing) as observation:
        observation.rows = await _copy_rows(session, query, rows)
        return observation.rows


async def _copy_rows(session: AsyncSession, query: Query[None], rows: CopySource[object]) -> int:
    async with session._statement_lock:
        cursor = await session._cursor_for(query.types)
        session.copying = query.name
        try:
            await _copy(cursor, query, session.text_of(query), rows)
        except _Stopped as stopped:
            raise stopped.cause from None
        except psycopg.Error as error:
            error.add_note(f"query: {query.name}")
            session.name_violation(error, query.types)
            raise
        finally:
            session.copying = ""
        return cursor.rowcount


async def _copy(cursor: Cursor, query: Query[None], sql: str, rows: CopySource[object]) -> None:
    form = row_format(query, cursor)
    async with cursor.copy(f"{sql}{form.options}".encode()) as copy:
        if form.types:
            copy.set_types(form.types)
        try:
            sent = 0
            async for chunk in async_chunks(rows, CHUNK):
                for data in formatted(query, form, copy.formatter.write_row, chunk, sent + 1):
                    await copy.writer.write(data)
                sent += len(chunk)
        except BaseException as error:
            raise _Stopped(error) from None
