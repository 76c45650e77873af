"""
``janua generate --watch``: generate again whenever migrations, queries or pyproject.toml change.

The server, the connection, the schema and what is known of every query stay, so that an edit of one
query costs that query. What is wrong is shown, and the watch goes on.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from janua.config import Project, load_project
from janua.errors import ConfigError, JanuaError, ServerUnreachable
from watchfiles._rust_notify import RustNotify

from janua_generator.generation import run_again
from janua_generator.report import Format, Report
from janua_generator.workshop import LostConnection, Workshop

# Saves that follow each other within a step are one change, and so are those of a change of branches.
_STEP_MS = 20
_LONGEST_BURST_MS = 2000
_POLL_DELAY_MS = 100


def watch(project_dir: Path, database_url: str | None, format_: Format = "text") -> int:
    """
    Generate, and again after each change, until Ctrl-C, which is its regular end: 0 is returned.

    Raises ConfigError where there is no project to begin with.
    """
    project = load_project(project_dir)
    with Workshop() as workshop, _Changes() as changes:
        # the end of the watch may fall into any of its steps
        with suppress(KeyboardInterrupt):
            while True:
                # before anything is read, so that whatever happens after that is noticed
                changes.look_at(project)
                _generate(project, database_url, workshop, Report(format_, project.root))
                changes.wait()
                project = _reloaded(project, changes)
        print("\nended", file=sys.stderr)
    return 0


def _reloaded(project: Project, changes: _Changes) -> Project:
    """The project as its pyproject.toml says, waiting until that is in order."""
    while True:
        try:
            return load_project(project.root)
        except (ConfigError, OSError) as error:
            print(error, file=sys.stderr, flush=True)
            changes.wait()


def _generate(project: Project, database_url: str | None, workshop: Workshop, report: Report) -> None:
    """One run, and what is wrong in it."""
    report.note(time.strftime("[%H:%M:%S]"))
    try:
        run_again(project, database_url, workshop, report)
    except (LostConnection, ServerUnreachable):
        workshop.close()
        _once_more(project, database_url, workshop, report)
    except (JanuaError, OSError) as error:
        print(error, file=sys.stderr, flush=True)


def _once_more(project: Project, database_url: str | None, workshop: Workshop, report: Report) -> None:
    """With a new connection: the server may have been started again."""
    try:
        run_again(project, database_url, workshop, report)
    except (LostConnection, JanuaError, OSError) as error:
        workshop.close()
        print(str(error).strip(), file=sys.stderr, flush=True)


class _Changes:
    """
    What happens in the project's folders, noticed from the moment that they are looked at.

    Folders are watched and not files: an editor that saves by renaming replaces the file.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._project: Project
        self._folders: list[Path] = []
        self._notifier: RustNotify

    def __enter__(self) -> _Changes:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def look_at(self, project: Project) -> None:
        """Watch these folders from now on; what happened in the old ones up to now still counts."""
        self._project = project
        folders = sorted({project.root, *_folders(project.migrations), *_folders(project.queries)})
        if folders != self._folders:
            paths = [str(each) for each in folders]
            self._stack.close()
            self._notifier = self._stack.enter_context(RustNotify(paths, False, False, _POLL_DELAY_MS, False, True))
            self._folders = folders

    def wait(self) -> None:
        """Return when something that matters has changed and is quiet again. Raises KeyboardInterrupt."""
        while True:
            changes = self._notifier.watch(_LONGEST_BURST_MS, _STEP_MS, 0, None)
            if isinstance(changes, str):
                raise KeyboardInterrupt
            if any(self._matters(Path(path)) for _, path in changes):
                return

    def _matters(self, path: Path) -> bool:
        project = self._project
        if path == project.root / "pyproject.toml":
            return True
        inside = path.is_relative_to(project.queries) or path.is_relative_to(project.migrations)
        return inside and (path.suffix == ".sql" or not path.is_file())


def _folders(folder: Path) -> Iterator[Path]:
    """The folder and those in it."""
    yield folder
    with suppress(OSError):
        yield from (path for path in folder.rglob("*") if path.is_dir())
