"""A sqlc file as the table ``[tool.janua]`` that gives the same: to be used at once, or written down."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from janua.config import Project, projects_of
from janua.diagnostics import shown_path

from janua_generator.sqlc.configuration import Configuration, Package, read_configuration

OUTPUT = "generated"

_Table: TypeAlias = dict[str, Any]


def load_sqlc(path: Path, output: Path | None) -> tuple[list[Project], list[str]]:
    """
    Return the projects that a sqlc file describes, in its folder, and what of it is left out, in words.

    The only package is written to ``output`` itself (default: ``generated`` beside the file), one of several
    to a folder of its name in there. Raises ConfigError as :func:`read_configuration` does.
    """
    configuration = read_configuration(path)
    root = configuration.path.resolve().parent
    table = _table(configuration, root, (output or root / OUTPUT).resolve())
    return projects_of(root, configuration.path, table), _notes(configuration)


def convert(path: Path, root: Path) -> tuple[str, list[str]]:
    """
    Return the text of ``[tool.janua]`` for a pyproject.toml in ``root``, and what is left out, in words.

    ``janua generate`` then writes what it writes with ``--sqlc``. Raises ConfigError as
    :func:`read_configuration` does.
    """
    configuration = read_configuration(path)
    output = configuration.path.resolve().parent / OUTPUT
    table = _table(configuration, root.resolve(), output)
    projects_of(root.resolve(), configuration.path, table)
    return "\n".join(_toml(table)) + "\n", _notes(configuration)


def _notes(configuration: Configuration) -> list[str]:
    return [f"{shown_path(configuration.path)}: {note}" for note in configuration.notes]


def _table(configuration: Configuration, root: Path, output: Path) -> _Table:
    here = configuration.path.resolve().parent
    packages = configuration.packages
    if len(packages) == 1:
        return {"sqlc": True, **_settings(packages[0], here, root, output)}
    return {"sqlc": True, "packages": [_settings(each, here, root, output / each.name) for each in packages]}


def _settings(package: Package, here: Path, root: Path, output: Path) -> _Table:
    written = _relative(output, root)
    settings: _Table = {
        "migrations": [_moved(each, here, root) for each in package.schema],
        "queries": [_moved(each, here, root) for each in package.queries],
        "output": written,
        "package": _import_path(written),
        "schema": f"{written}/_schema",
    }
    if package.overrides:
        settings["override"] = [
            {key: value for key in ("column", "type", "python") if (value := getattr(each, key))}
            for each in package.overrides
        ]
    if package.rename:
        settings["rename"] = dict(package.rename)
    return settings


def _moved(path: str, here: Path, root: Path) -> str:
    """A path or pattern relative to ``here`` as one relative to ``root``."""
    return path if here == root else _relative(here / path, root)


def _relative(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _import_path(output: str) -> str:
    parts = PurePosixPath(output).parts
    return ".".join(parts) if all(part.isidentifier() for part in parts) else parts[-1]


def _toml(table: Mapping[str, Any]) -> Iterator[str]:
    yield "[tool.janua]"
    yield from _toml_keys("tool.janua", table)
    for package in table.get("packages", ()):
        yield ""
        yield "[[tool.janua.packages]]"
        yield from _toml_keys("tool.janua.packages", package)


def _toml_keys(prefix: str, table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if key not in ("packages", "override", "rename"):
            yield f"{key} = {_toml_value(value)}"
    for override in table.get("override", ()):
        yield f"\n[[{prefix}.override]]"
        for key, value in override.items():
            yield f"{key} = {_toml_value(value)}"
    if table.get("rename"):
        yield f"\n[{prefix}.rename]"
        for key, value in table["rename"].items():
            yield f"{_toml_value(key)} = {_toml_value(value)}"


def _toml_value(value: Any) -> str:
    """Booleans, texts and lists of texts: what JSON writes of them is TOML."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
