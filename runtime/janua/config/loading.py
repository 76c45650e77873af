"""A project's ``pyproject.toml``, read and checked as a whole."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from janua.config.checks import Checker
from janua.config.settings import Project
from janua.diagnostics import locate, shown_path
from janua.errors import ConfigError

FILE_NAME = "pyproject.toml"


def project_folder(start: Path) -> Path | None:
    """Return the folder, this one or above it, whose pyproject.toml has a table [tool.janua]; None without one."""
    for folder in (start, *start.parents):
        file = folder / FILE_NAME
        if file.is_file() and "[tool.janua" in file.read_text(errors="replace"):
            return folder
    return None


def load_project(directory: Path, *, is_begun: bool = True) -> Project:
    """
    Read ``[tool.janua]`` from the ``pyproject.toml`` in ``directory``; of several packages, the first.

    The folder of queries need not be there: an image that migrates and serves has none; where the project is not
    begun, nor need that of migrations. Raises ConfigError with the file, the key and what is wrong: malformed TOML
    (with line and column), no such file or table, an unknown key, a wrong type, a bad value, a folder that is not
    there, and packages of different migrations.
    """
    first, *others = load_projects(directory, is_begun=is_begun, with_queries=False)
    if any(other.migrations != first.migrations for other in others):
        raise ConfigError(f"{shown_path(first.root / FILE_NAME)}: tool.janua.packages: they have different migrations")
    return first


def load_projects(directory: Path, *, is_begun: bool = True, with_queries: bool = True) -> list[Project]:
    """
    Read every package of the ``pyproject.toml`` in ``directory``: one, or those of ``[[tool.janua.packages]]``.

    Each of these has the keys of ``[tool.janua]``, which hold where it has none of its own. Raises
    ConfigError as :func:`load_project` does.
    """
    root = Path(directory).resolve()
    path = root / FILE_NAME
    document = _read(path)
    tool = document.get("tool", {})
    if not isinstance(tool, dict) or "janua" not in tool:
        raise ConfigError(
            f"{shown_path(path)}: no table [tool.janua]; add one, even an empty one, to make this a project"
        )
    return projects_of(root, path, tool["janua"], is_begun=is_begun, with_queries=with_queries)


def projects_of(
    root: Path, configuration: Path, table: object, *, is_begun: bool = True, with_queries: bool = True
) -> list[Project]:
    """Return what a table such as ``[tool.janua]`` describes; ``configuration`` is its file."""
    file = shown_path(configuration)
    checker = partial(Checker, configuration, is_begun=is_begun, with_queries=with_queries)
    if not isinstance(table, dict) or "packages" not in table:
        return [checker().project(root, table)]
    packages = table["packages"]
    if not isinstance(packages, list) or not packages or not all(isinstance(each, dict) for each in packages):
        raise ConfigError(f"{file}: tool.janua.packages: expected an array of tables")
    common = {key: value for key, value in table.items() if key != "packages"}
    found = [
        replace(checker(f"packages[{at}].").project(root, common | own), slot=f"package-{at}")
        for at, own in enumerate(packages)
    ]
    for at, project in enumerate(found):
        if any(project.output in (other.output, *other.output.parents) for other in found[:at] + found[at + 1 :]):
            raise ConfigError(f"{file}: tool.janua.packages[{at}].output: another package is written there, too")
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        raise ConfigError(
            f"{shown_path(path)}: no such file; run `janua init`, or name the project's folder with --project"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown_path(path)}: not a UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{shown_path(path)}: cannot be read: {error.strerror}") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_toml_message(path, text, str(error))) from None


def _toml_message(path: Path, text: str, message: str) -> str:
    # The place is an attribute of the exception only from Python 3.14 on.
    bare, _, place = message.rpartition(" (at ")
    match = re.fullmatch(r"line (\d+), column (\d+)\)", place)
    line, column = match.groups() if match else locate(text, len(text))
    return f"{shown_path(path)}:{line}:{column}: not valid TOML: {bare or message}"
