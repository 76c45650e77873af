"""
``janua generate --watch``: generate again whenever migrations, queries or the configuration change.

The server, the connection, the schema and what is known of every query stay, so that an edit of one
query costs that query. What is wrong is shown, and the watch goes on.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NoReturn, TypeAlias

from janua.config import Project
from janua.errors import ConfigError, JanuaError, ServerUnreachable
from watchfiles._rust_notify import RustNotify

from janua_generator.generation import run_again
from janua_generator.report import Format, Report
from janua_generator.workshop import LostConnection, Workshop

# Saves that follow each other within a step are one change, and so are those of a change of branches.
_STEP_MS = 20
_LONGEST_BURST_MS = 2000
_POLL_DELAY_MS = 100


Load: TypeAlias = Callable[[], list[Project]]
"""Reads the configuration: the packages of one project."""


def watch(load: Load, database_url: str | None, format_: Format = "text") -> int:
    """
    Generate, and again after each change, until Ctrl-C, which is its regular end: 0 is returned.

    Raises ConfigError where there is no project to begin with.
    """
    projects = load()
    with _Workshops() as workshops, _Changes() as changes:
        # the end of the watch may fall into any of its steps
        with suppress(_Ended), _ended_by_interrupt(changes):
            while True:
                # before anything is read, so that whatever happens after that is noticed
                changes.look_at(projects)
                _generate_all(projects, database_url, workshops, format_)
                changes.wait()
                projects = _reloaded(load, changes)
        print("\nended", file=sys.stderr)
    return 0


class _Ended(KeyboardInterrupt):
    """
    Ctrl-C. A class of its own, because CPython ends a process by the signal where the other has passed an exec().
    """


@contextmanager
def _ended_by_interrupt(changes: _Changes) -> Iterator[None]:
    """Raise _Ended on Ctrl-C, or where the interpreter loses that, as in callbacks, when changes are awaited next."""

    def end(*_: object) -> NoReturn:
        changes.is_over = True
        raise _Ended

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _reloaded(load: Load, changes: _Changes) -> list[Project]:
    """The packages as the configuration says, waiting until that is in order."""
    while True:
        try:
            return load()
        except (ConfigError, OSError) as error:
            print(error, file=sys.stderr, flush=True)
            changes.wait()


def _generate_all(
    projects: Sequence[Project], database_url: str | None, workshops: _Workshops, format_: Format
) -> None:
    with Report(format_, projects[0].root) as report:
        report.note(time.strftime("[%H:%M:%S]"))
        for project in projects:
            _generate(project, database_url, workshops.of(project), report)


def _generate(project: Project, database_url: str | None, workshop: Workshop, report: Report) -> None:
    """One run, and what is wrong in it."""
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


class _Workshops:
    """One for each package, kept from run to run."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._by_slot: dict[str, Workshop] = {}

    def __enter__(self) -> _Workshops:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def of(self, project: Project) -> Workshop:
        if project.slot not in self._by_slot:
            self._by_slot[project.slot] = self._stack.enter_context(Workshop())
        return self._by_slot[project.slot]


class _Changes:
    """
    What happens in the projects' folders, noticed from the moment that they are looked at.

    Folders are watched and not files: an editor that saves by renaming replaces the file.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._projects: Sequence[Project] = ()
        self._folders: list[Path] = []
        self._notifier: RustNotify
        self.is_over = False

    def __enter__(self) -> _Changes:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def look_at(self, projects: Sequence[Project]) -> None:
        """Watch these folders from now on; what happened in the old ones up to now still counts."""
        self._projects = projects
        folders = sorted({folder for project in projects for folder in _folders(project)})
        if folders != self._folders:
            paths = [str(each) for each in folders]
            self._stack.close()
            self._notifier = self._stack.enter_context(RustNotify(paths, False, False, _POLL_DELAY_MS, False, True))
            self._folders = folders

    def wait(self) -> None:
        """Return when something that matters has changed and is quiet again. Raises _Ended."""
        while True:
            if self.is_over:
                raise _Ended
            changes = self._notifier.watch(_LONGEST_BURST_MS, _STEP_MS, 0, None)
            if isinstance(changes, str):
                raise _Ended
            if any(_matters(Path(path), project) for project in self._projects for _, path in changes):
                return


def _matters(path: Path, project: Project) -> bool:
    if path.suffix == ".sql":
        return any(path.is_relative_to(source) or path.parent == source.parent for source in _sources(project))
    if path == project.configuration:
        return True
    return not path.is_file() and any(path.is_relative_to(source) for source in _sources(project))


def _folders(project: Project) -> Iterator[Path]:
    """The configuration's folder, those that SQL is in, and those in them."""
    yield project.configuration.parent
    for source in _sources(project):
        if source.suffix == ".sql":
            yield source.parent
            continue
        yield source
        with suppress(OSError):
            yield from (path for path in source.rglob("*") if path.is_dir())


def _sources(project: Project) -> Iterator[Path]:
    for source in (*project.migrations, *project.queries):
        yield from (source,) if isinstance(source, Path) else source
