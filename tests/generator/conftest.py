"""A workbench for the generator's stages, and projects to run its real commands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from janua.scratch import ScratchServer

from .sandbox import Sandbox
from .workbench import Workbench

NewProject = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def workbench(scratch: ScratchServer) -> Iterator[Workbench]:
    """One database, whose schema each test replaces."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    with psycopg.connect(scratch.url(name), autocommit=True) as connection:
        yield Workbench(connection)
    scratch.drop(name)


@pytest.fixture
def new_project(scratch: ScratchServer, tmp_path: Path) -> Iterator[NewProject]:
    """Make projects from files by their paths; their databases are dropped afterwards."""
    projects: list[Sandbox] = []

    def new(files: dict[str, str | bytes], settings: str = "", name: str = "project") -> Sandbox:
        projects.append(Sandbox(tmp_path / name, scratch.url("postgres")))
        projects[-1].fill(files, settings)
        return projects[-1]

    yield new
    for project in projects:
        drop_databases(project.root, project.url)


def drop_databases(root: Path, url: str) -> None:
    """Drop what the generator made for the project in this folder."""
    with closing(ScratchServer(url, root)) as server, psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (server.prefix,))
        for (name,) in found.fetchall():
            server.drop(name)
