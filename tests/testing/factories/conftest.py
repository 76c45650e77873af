"""Factories of schemas that a test writes down: generated, imported and used in one process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from janua import Database
from janua.config import Project
from janua.scratch import ScratchServer
from janua_generator.emit import emit
from janua_generator.package import build_package

from tests.generator.workbench import Workbench

_numbers = count(1)


class Made:
    """The factories of a schema, and a database that has it."""

    def __init__(self, module: Any, db: Database) -> None:
        self.module = module
        self.db = db

    def make(self, table: str, count: int = 1, **given: Any) -> list[Any]:
        """Make rows of a table."""
        factory = self.module.ALL[f"public.{table}"]
        return [factory.make(self.db, given) for _ in range(count)]

    def one(self, table: str, **given: Any) -> Any:
        """Make a row of a table."""
        return self.make(table, **given)[0]


class Maker:
    """Replaces one database's schema, and generates the factories for it."""

    def __init__(self, url: str, folder: Path, stack: ExitStack) -> None:
        self._url = url
        self._folder = folder
        self._stack = stack
        connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        self.workbench = Workbench(connection)

    def __call__(self, ddl: str) -> Made:
        """Make the schema and its factories."""
        self.workbench.migrate(ddl)
        root = self._folder
        project = Project(
            root=root,
            configuration=root / "pyproject.toml",
            migrations=(root / "migrations",),
            queries=(root / "queries",),
            schema=root / "schema",
            output=root / "generated",
            package="generated",
            seeds=root / "seeds",
        )
        name = f"factories_made_{next(_numbers)}"
        for path, text in emit(build_package(project, self.workbench.introspection, ())).items():
            file = root / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        importlib.invalidate_caches()
        module = importlib.import_module(f"{name}.factories")
        return Made(module, self._stack.enter_context(Database(self._url)))


@pytest.fixture(scope="session")
def maker(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """What makes them, on a database of its own."""
    folder = tmp_path_factory.mktemp("factories")
    database = scratch.clone(scratch.migrated([], purpose="empty"))
    sys.path.insert(0, str(folder))
    with ExitStack() as stack:
        stack.callback(scratch.drop, database)
        stack.callback(sys.path.remove, str(folder))
        yield Maker(scratch.url(database), folder, stack)


@pytest.fixture
def factories(maker: Maker) -> Callable[[str], Made]:
    """Make the factories of a schema."""
    return maker
