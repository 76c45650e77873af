"""Where a test's own database comes from: the project's migrations, and a server for scratch databases."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psycopg

from janua.config import Project, load_project, project_folder
from janua.migrations import Migration, build_schema, read_migrations
from janua.scratch import ScratchServer, open_scratch


class Workspace:
    """A database for one test or a class of them: empty at first, then migrated. Blocking."""

    def __init__(self, project: Path | str | None, url: str | None) -> None:
        """Raises ConfigError where there is no project, ServerUnreachable and EmbeddedServerError."""
        folder = Path(project) if project is not None else project_folder(Path.cwd()) or Path.cwd()
        self.project: Project = load_project(folder)
        self._migrations: Sequence[Migration] = read_migrations(self.project.migrations)
        with ExitStack() as stack:
            self._scratch: ScratchServer = stack.enter_context(
                open_scratch(self.project.root, url, migrations=self._migrations)
            )
            self._name = self._scratch.clone(self._scratch.migrated([], purpose="empty", sealed=True))
            self._stack = stack.pop_all()

    @property
    def url(self) -> str:
        """The URL of the database."""
        return self._scratch.url(self._name)

    def migrate(self, *, is_untouched: bool) -> None:
        """Apply all migrations; a database that is untouched is replaced by a copy of one that has them."""
        if is_untouched:
            template = self._scratch.migrated(self._migrations, purpose="test", sealed=True)
            self._scratch.replace(self._name, template)
            return
        with psycopg.connect(self.url, autocommit=True) as connection:
            build_schema(connection, self._migrations)

    def close(self) -> None:
        """Drop the database, and let the server go. May be called twice."""
        self._stack.close()
