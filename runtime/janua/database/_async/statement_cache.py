"""The statements that a session has prepared: made, compared with the generated code, made anew, given up."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import capabilities
from psycopg.errors import InvalidSqlStatementName
from psycopg.generators import execute
from psycopg.pq.abc import PGresult
from psycopg.rows import class_row

from janua.database.drift import (
    LOOK_UP_IDENTITIES,
    Description,
    TypeIdentity,
    differences,
    identities_by_key,
)
from janua.database.parameters import types_at_parse
from janua.database.statement import PreparedStatement, answer_of, statement_name
from janua.errors import SchemaDrift
from janua.query import Query

if TYPE_CHECKING:
    from janua.database._async.session import AsyncSession

T = TypeVar("T")


class AsyncStatementCache:
    """
    At most ``size`` statements, of which the one that was not called for the longest time is given up first.

    A statement is described when it is prepared, and its types are compared with the declared ones, so that
    no value is ever read as another type than it has.
    """

    def __init__(self, session: AsyncSession, size: int) -> None:
        self._session = session
        self._size = size
        self._kept: OrderedDict[Query[Any], PreparedStatement[Any]] = OrderedDict()
        self._numbers = count()
        self._given_up: list[bytes] = []

    def find(self, query: Query[T]) -> PreparedStatement[T] | None:
        """Return the statement, where it is prepared and nothing is known against it."""
        statement = self._kept.get(query)
        if statement is None:
            return None
        if statement.epoch != self._session.catalog.epoch:
            self.give_up(query)
            return None
        try:  # noqa: SIM105 (suppress() takes ten times as long, in every call)
            self._kept.move_to_end(query)
        except KeyError:
            # Another thread in the same transaction has given it up just now.
            pass
        return statement

    def give_up(self, query: Query[Any]) -> None:
        """Forget a statement; the server is told with the next one that is prepared."""
        statement = self._kept.pop(query, None)
        if statement is not None:
            self._given_up.append(statement.name)

    def forget(self) -> None:
        """Forget all of them, because the server has."""
        self._kept.clear()
        self._given_up.clear()

    async def prepare(self, query: Query[T]) -> PreparedStatement[T]:
        """
        Prepare the statement, in two round trips.

        Raises SchemaDrift where its types are not the declared ones, and what the server reports.
        """
        session = self._session
        await self._close_given_up()
        # Before the first look at the database, so that what changes meanwhile is noticed.
        epoch = session.catalog.epoch
        name = statement_name(query, next(self._numbers))
        pgconn = session.pgconn
        try:
            text = session.text_of(query).encode()
            await self.request(partial(pgconn.send_prepare, name, text, types_at_parse(query)))
            described = Description.of(await self.request(partial(pgconn.send_describe_prepared, name)))
            await self.compare(query, described)
            cursor = await session._cursor_for(query.types)
        except BaseException:
            # Interrupted, it may have been prepared or not.
            self._given_up.append(name)
            raise
        statement = PreparedStatement(query, name, len(described.parameters), cursor, epoch)
        self._kept[query] = statement
        if len(self._kept) > self._size:
            self.give_up(next(iter(self._kept)))
        return statement

    async def compare(self, query: Query[Any], described: Description) -> None:
        """Raise SchemaDrift where the described types are not the declared ones."""
        known = self._session.catalog.identities
        # Again where they differ: a type may have been made anew, with another oid.
        if any(differences(query, described, known)):
            known |= await self.identities_for(query, described)
        for difference in differences(query, described, known):
            raise SchemaDrift(f"{query.name}: {difference}; migrate, or generate again")

    async def identities_for(self, query: Query[Any], described: Description) -> dict[str | int, TypeIdentity]:
        """Look up the types that are declared and those that are described."""
        names = sorted({*query.params, *query.columns} - {""})
        oids = sorted({*described.parameters, *described.columns})
        cursor = psycopg.AsyncRawCursor(self._session, row_factory=class_row(TypeIdentity))
        await cursor.execute(LOOK_UP_IDENTITIES, (names, oids))
        return identities_by_key(await cursor.fetchall())

    async def _close_given_up(self) -> None:
        pgconn = self._session.pgconn
        while self._given_up and not self._session.is_failed():
            name = self._given_up.pop()
            # A proxy follows the message, but not the statement; libpq has it since 17.
            if capabilities.has_send_close_prepared():
                await self.request(partial(pgconn.send_close_prepared, name))
            else:
                with suppress(InvalidSqlStatementName):
                    await self.request(partial(pgconn.send_query, b"DEALLOCATE " + name))

    async def request(self, send: Callable[[], None]) -> PGresult:
        """Send one request and return its answer. Raises what the server reports."""
        session = self._session
        async with session.lock:
            send()
            return answer_of(await session.wait(execute(session.pgconn)))
