"""The tracking table: what is applied, in the words of the database itself."""

from __future__ import annotations

import getpass
import socket
from importlib.resources import files
from typing import LiteralString

from psycopg import sql

from janua.database._async.session import AsyncSession
from janua.errors import ConfigError, MigrationError
from janua.migrations.records import Direction, Record

_MAKE = files("janua.migrations").joinpath("ledger.sql").read_text("utf-8")
_COLUMNS = "id, name, checksum, applied_at, duration_ms, applied_by, under_way, done, done_checksum, in_doubt"


class AsyncLedger:
    """The rows of the tracking table, read and written on one session."""

    def __init__(self, session: AsyncSession, schema: str, table: str) -> None:
        self._session = session
        self._schema = sql.Identifier(schema)
        self._table = sql.Identifier(schema, table)
        self.shown = f"{schema}.{table}"

    @staticmethod
    async def find(session: AsyncSession, name: tuple[str, ...]) -> AsyncLedger:
        """Return the ledger of this name: in the schema that it says, or else the first one of the search path."""
        if len(name) == 2:
            return AsyncLedger(session, *name)
        row = await (await session.execute(b"SELECT current_schema()")).fetchone()
        return AsyncLedger(session, str(row[0]) if row and row[0] else "public", name[0])

    async def exists(self) -> bool:
        """Tell whether it is there. Raises ConfigError where a table of that name is another tool's."""
        cursor = await self._session.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            (self._table.as_string(None),),
        )
        columns = {name for (name,) in await cursor.fetchall()}
        if columns and not set(_COLUMNS.split(", ")) <= columns:
            raise ConfigError(
                f"the table {self.shown} is not one that janua made: give the tracking table another name,"
                ' as with --table or Migrator(…, table="…")'
            )
        return bool(columns)

    async def make(self) -> None:
        """Make the table, and its schema, where they are missing."""
        if await self.exists():
            return
        question = "SELECT pg_is_in_recovery(), to_regnamespace(%s) IS NULL"
        row = await (await self._session.execute(question, (self._schema.as_string(None),))).fetchone()
        is_standby, lacks_schema = row or (False, True)
        if is_standby:
            raise MigrationError("this server is a standby, which takes no changes: migrate the primary")
        # IF NOT EXISTS asks for the right to create schemas all the same.
        if lacks_schema:
            await self._run("CREATE SCHEMA IF NOT EXISTS {schema}")
        await self._run(_MAKE)

    async def records(self) -> list[Record]:
        """Return all rows, in the order in which their migrations were begun; none where there is no table."""
        if not await self.exists():
            return []
        command = sql.SQL("SELECT " + _COLUMNS + " FROM {} ORDER BY id").format(self._table)
        return [Record(*row) for row in await (await self._session.execute(command)).fetchall()]

    async def add(self, name: str, checksum: str, duration_ms: float) -> None:
        """Record that a migration is applied."""
        await self._run(
            "INSERT INTO {table} (name, checksum, applied_at, duration_ms, applied_by)"
            " VALUES (%s, %s, clock_timestamp(), %s, session_user || %s)",
            (name, checksum, duration_ms, _from_where()),
        )

    async def remove(self, name: str) -> None:
        """Record that a migration is not applied."""
        await self._run("DELETE FROM {table} WHERE name = %s", (name,))

    async def begin(self, name: str, checksum: str, direction: Direction) -> None:
        """Record that a migration outside a transaction is on its way, with nothing done yet."""
        if direction == "up":
            await self._run(
                "INSERT INTO {table} (name, checksum, applied_by, under_way) VALUES (%s, %s, session_user || %s, 'up')",
                (name, checksum, _from_where()),
            )
        else:
            await self._run("UPDATE {table} SET under_way = 'down', done = 0 WHERE name = %s", (name,))

    async def doubt(self, name: str, before: str) -> None:
        """Record that a statement runs of which nobody knows the outcome until it is at its end."""
        await self._run("UPDATE {table} SET in_doubt = %s WHERE name = %s", (before, name))

    async def advance(self, name: str, done: int, done_checksum: str) -> None:
        """Record how many statements are done, of which none is in doubt."""
        await self._run(
            "UPDATE {table} SET done = %s, done_checksum = %s, in_doubt = NULL WHERE name = %s",
            (done, done_checksum, name),
        )

    async def finish(self, name: str, checksum: str, duration_ms: float) -> None:
        """Record that a migration which was on its way is applied."""
        await self._run(
            "UPDATE {table} SET checksum = %s, applied_at = clock_timestamp(), duration_ms = %s, under_way = NULL,"
            " done = 0, done_checksum = '', in_doubt = NULL WHERE name = %s",
            (checksum, duration_ms, name),
        )

    async def correct(self, name: str, new_name: str, checksum: str) -> None:
        """Record another name and another checksum."""
        await self._run("UPDATE {table} SET name = %s, checksum = %s WHERE name = %s", (new_name, checksum, name))

    async def _run(self, command: LiteralString, values: tuple[object, ...] = ()) -> None:
        composed = sql.SQL(command).format(table=self._table, schema=self._schema)
        await self._session.execute(composed, values or None)


def _from_where() -> str:
    """Whose program it is: all of a service's servers share the database's user."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "?"  # a container's user without a name
    return f" ({user}@{socket.gethostname()})"
