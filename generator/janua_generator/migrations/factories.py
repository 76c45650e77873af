"""
Factories of a database as it is at one moment, to have rows in it.

Those of the generated package know the schema that all migrations make; in the middle of them there is another one.
So the same modules are made of what the database says of itself then, and live in a folder that is deleted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import psycopg
from janua.config import Project
from janua.database import Database
from janua.errors import JanuaError

from janua_generator.catalog.introspect import Introspection, introspect
from janua_generator.diagnostics import GenerationFailed
from janua_generator.emit import emit
from janua_generator.model import PackageModel
from janua_generator.package import build_package
from janua_generator.workshop import schemas_of

_EACH = 2
_numbers = count(1)


def fill(project: Project, url: str) -> dict[str, str]:
    """
    Make some rows in every table of a database, and return why there are none in some, by ``schema.table``.

    Foreign keys, checks and triggers hold: a table whose rows are refused stays empty.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        introspection = introspect(connection, schemas_of(connection, ()))
    refused: dict[str, str] = {}
    try:
        package = build_package(_neutral(project, introspection), introspection, ())
    except GenerationFailed as error:
        return dict.fromkeys(
            (each.qualified for each in introspection.catalog.relations if each.kind in ("table", "partitioned table")),
            error.diagnostics[0].message,
        )
    with _imported(package) as factories, Database(url, lazy=True) as database:
        for name, factory in factories.items():
            try:
                for _ in range(_EACH):
                    factory.make(database, {})
            except (JanuaError, psycopg.Error) as error:
                refused[name] = _said(error)
    return refused


def _neutral(project: Project, introspection: Introspection) -> Project:
    """The project without types of its own, which nobody asked to load, and without names for what is not there."""
    catalog = introspection.catalog
    known = {each.name for each in catalog.relations} | {each.typname for each in catalog.types}
    rename = {key: name for key, name in project.rename.items() if key.rpartition(".")[2] in known}
    return replace(
        project, schemas=catalog.schemas, tables="all", override=(), rename={} if project.sqlc else rename, sqlc=False
    )


@contextmanager
def _imported(package: PackageModel) -> Iterator[Mapping[str, Any]]:
    """Have the package imported for a block, and yield its factories by ``schema.table``."""
    name = f"janua_trial_{next(_numbers)}"
    with TemporaryDirectory(prefix="janua-trial.") as folder:
        for path, text in emit(package).items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        try:
            _load(name, Path(folder))
            found: dict[str, Any] = {}
            for module in package.modules:
                if module.path.name == "factories.py":
                    parts = (name, *module.path.with_suffix("").parts)
                    found |= import_module(".".join(parts)).ALL
            yield found
        finally:
            for each in [each for each in sys.modules if each.partition(".")[0] == name]:
                del sys.modules[each]


def _load(name: str, folder: Path) -> ModuleType:
    spec = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _said(error: Exception) -> str:
    """What went wrong, without values."""
    if isinstance(error, psycopg.Error):
        return f"{error.diag.message_primary or error} [{error.sqlstate}]"
    return str(error)
