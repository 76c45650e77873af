# Derived from runtime/janua/testing/_async/database.py by tools/derive_sync.py; do not edit.
"""A database for tests that no framework's fixtures make: nothing in it, nobody else's, and gone afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from janua.database import Database, Transaction
from janua.events import ConnectEvent
from janua.query import Query
from janua.seeds import Seeder
from janua.testing._sync.rolledback import rolled_back
from janua.testing.threads import in_this_thread
from janua.testing.truncation import LIST_TABLES, truncate_command
from janua.testing.workspace import Workspace


class TestDatabase(Database):
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
    def create(cls, project: Path | str | None = None, *, url: str | None = None, **options: Any) -> TestDatabase:
        """
        Make an empty database.

        ``project`` is the folder of the project's pyproject.toml, where it is not the current folder or one above.
        ``options`` are those of AsyncDatabase. Raises ConfigError where there is no project, ServerUnreachable
        and EmbeddedServerError.
        """
        workspace = in_this_thread(Workspace, project, url)
        try:
            made = cls(workspace.url, **options)
        except BaseException:
            in_this_thread(workspace.close)
            raise
        made._workspace = workspace
        made.on("connect", made._touch)
        return made

    def __enter__(self) -> TestDatabase:
        # Without a connection, so that ``migrate`` can still put a copy of a migrated one in its place.
        return self

    def migrate(self) -> None:
        """Apply all migrations of the project. Raises MigrationError."""
        in_this_thread(self._workspace.migrate, is_untouched=self._is_untouched)

    def seed(self, name: str = "test") -> None:
        """Run a seed of the project. Raises ConfigError where there is none of this name, and SeedError."""
        Seeder(self, self._workspace.project.seeds).run(name)

    def truncate(self, tables: Iterable[str] | None = None) -> None:
        """
        Empty these tables, or all of the project's schemas, and what refers to them; sequences begin anew.

        Names may have their schema before them. Raises ParameterError for one that no table has.
        """
        found = self.fetch_all(LIST_TABLES, (list(self._workspace.project.schemas),))
        command = truncate_command(found, tables)
        if command:
            self.execute(Query[None](name="truncate", sql=command, kept=False))

    @contextmanager
    def rolled_back(self) -> Iterator[Transaction]:
        """Give a transaction for a block, and take back all that was done in it."""
        with rolled_back(self) as transaction:
            yield transaction

    def cleanup(self) -> None:
        """Close all connections and drop the database. May be called twice."""
        self.close()

    def _touch(self, event: ConnectEvent) -> None:
        self._is_untouched = False

    def close(self) -> None:
        """The same as ``cleanup``."""
        try:
            super().close()
        finally:
            in_this_thread(self._workspace.close)
