"""Generated packages, imported for the length of a test module."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from janua.config import Project
from janua.migrations import read_migrations
from janua.scratch import ScratchServer

from .conftest import drop_databases
from .sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]


def project_at(root: Path) -> Project:
    """A project with the usual folders below this one."""
    return Project(
        root=root,
        configuration=root / "pyproject.toml",
        migrations=(root / "migrations",),
        queries=(root / "queries",),
        schema=root / "schema",
        output=root / "generated",
        package="generated",
        seeds=root / "seeds",
    )


@contextmanager
def imported(project: Sandbox, name: str) -> Iterator[Any]:
    """Import a project's package; its modules are attributes of what is given."""
    sys.path.insert(0, str(project.root))
    try:
        package = importlib.import_module(name)
        modules = {
            each.name: importlib.import_module(each.name)
            for each in pkgutil.walk_packages(package.__path__, f"{name}.")
        }
        yield SimpleNamespace(**{module.removeprefix(f"{name}."): found for module, found in modules.items()})
    finally:
        sys.path.remove(str(project.root))
        for module in [each for each in sys.modules if each.partition(".")[0] == name]:
            del sys.modules[module]
        importlib.invalidate_caches()


@contextmanager
def generated(
    scratch: ScratchServer, root: Path, files: Mapping[str, str | bytes], name: str, settings: str = ""
) -> Iterator[Sandbox]:
    """
    Make a project of these files in a new folder, and generate its package.

    ``name`` is the package's own: the reference application's may be imported already. ``settings`` are more lines
    of ``[tool.janua]``.
    """
    made = Sandbox(root, scratch.url("postgres"))
    made.fill(dict(files), f'output = "{name}"\npackage = "{name}"\n{settings}')
    outcome = made.run()
    assert (0, "") == (outcome.code, outcome.err), outcome.err
    try:
        yield made
    finally:
        drop_databases(made.root, made.url)


@contextmanager
def migrated(scratch: ScratchServer, project: Sandbox, purpose: str) -> Iterator[str]:
    """A database with the project's schema and data, by its URL."""
    name = scratch.clone(scratch.migrated(read_migrations(project.root / "migrations"), purpose=purpose))
    try:
        yield scratch.url(name)
    finally:
        scratch.drop(name)


def type_errors(project: Sandbox, package: str) -> str:
    """What ``mypy --strict`` and pyright's strict mode say of a project's package, empty where nothing."""
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", package]
    environment = {"MYPYPATH": f"{ROOT / 'runtime'}:{project.root}", "PATH": ""}
    checked = subprocess.run(mypy, cwd=project.root, capture_output=True, text=True, env=environment)
    project.write(
        "pyrightconfig.json",
        f'{{"include": ["{package}"], "extraPaths": ["{ROOT / "runtime"}"], "typeCheckingMode": "strict"}}',
    )
    pyright = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    also = subprocess.run(pyright, cwd=project.root, capture_output=True, text=True)
    return "".join(done.stdout for done in (checked, also) if done.returncode)
