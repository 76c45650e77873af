"""A database for tests that no framework's fixtures make: nothing in it, nobody else's, and gone afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from janua.database import AsyncDatabase, AsyncTransaction
from janua.events import ConnectEvent
from janua.query import Query
from janua.seeds import AsyncSeeder
from janua.testing._async.rolledback import rolled_back
from janua.testing.threads import in_thread
from janua.testing.truncation import LIST_TABLES, truncate_command
from janua.testing.workspace import Workspace


class AsyncTestDatabase(AsyncDatabase):
    """
    A database of a test's own, for ``unittest`` and whatever else has no fixtures; made by ``create``.

    Empty at first; ``migrate`` applies the project's migrations, of which a copy is kept, so that this takes
    milliseconds from the second time on. ``cleanup``, or the end of an ``async with`` block, drops it. The server is
    the one that ``url`` or ``JANUA_SCRATCH_URL`` names, otherwise an embedded one.
    """

    # By its name, pytest would take it for tests.
    __test__ = False
    _workspace: Workspace
    _is_untouched: bool = True

    @classmethod
    async def create(
        cls, project: Path | str | None = None, *, url: str | None = None, **options: Any
    ) -> AsyncTestDatabase:
        """
        Make an empty database.

        ``project`` is the folder of the project's pyproject.toml, where it is not the current folder or one above.
        ``options`` are those of AsyncDatabase. Raises ConfigError where there is no project, ServerUnreachable
        and EmbeddedServerError.
        """
        workspace = await in_thread(Workspace, project, url)
        try:
            made = cls(workspace.url, **options)
        except BaseException:
            await in_thread(workspace.close)
            raise
        made._workspace = workspace
        made.on("connect", made._touch)
        return made

    async def __aenter__(self) -> AsyncTestDatabase:
        # Without a connection, so that ``migrate`` can still put a copy of a migrated one in its place.
        return self

    async def migrate(self) -> None:
        """Apply all migrations of the project. Raises MigrationError."""
        await in_thread(self._workspace.migrate, is_untouched=self._is_untouched)

    async def seed(self, name: str = "test") -> None:
        """Run a seed of the project. Raises ConfigError where there is none of this name, and SeedError."""
        await AsyncSeeder(self, self._workspace.project.seeds).run(name)

    async def truncate(self, tables: Iterable[str] | None = None) -> None:
        """
        Empty these tables, or all of the project's schemas, and what refers to them; sequences begin anew.

        Names may have their schema before them. Raises ParameterError for one that no table has.
        """
        found = await self.fetch_all(LIST_TABLES, (list(self._workspace.project.schemas),))
        command = truncate_command(found, tables)
        if command:
            await self.execute(Query[None](name="truncate", sql=command, kept=False))

    @asynccontextmanager
    async def rolled_back(self) -> AsyncIterator[AsyncTransaction]:
        """Give a transaction for a block, and take back all that was done in it."""
        async with rolled_back(self) as transaction:
            yield transaction

    async def cleanup(self) -> None:
        """Close all connections and drop the database. May be called twice."""
        await self.close()

    def _touch(self, event: ConnectEvent) -> None:
        self._is_untouched = False

    async def close(self) -> None:
        """The same as ``cleanup``."""
        try:
            await super().close()
        finally:
            await in_thread(self._workspace.close)
