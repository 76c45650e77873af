"""``janua init``: a small project that generates and tests at once."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tomllib
import unicodedata
from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from janua.cli.command import Command
from janua.config import FILE_NAME
from janua.diagnostics import shown_path
from janua.errors import ConfigError

# The suffix keeps linters and test runners away from the templates.
_SUFFIX = ".in"
# What turns the configuration of another tool into ours, and is installed with the generator.
_CONVERTERS = "janua.configurations"


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", metavar="DIR", help="the project's folder, made if need be")
    parser.add_argument(
        "--from-sqlc",
        metavar="FILE",
        help="write only the table [tool.janua] that is the same as this sqlc.yaml, sqlc.yml or sqlc.json,"
        " into DIR/pyproject.toml",
    )


def _run(args: argparse.Namespace, project_dir: Path) -> int:
    root = project_dir / args.folder if args.folder else project_dir
    if args.from_sqlc is not None:
        return _adopt(Path(args.from_sqlc), root)
    contents = scaffold(root)
    _refuse_conflicts(root, contents)
    for name, text in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Exclusively: a file that appeared meanwhile is not overwritten either.
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    print(_farewell(root, contents))
    return 0


def _adopt(sqlc_file: Path, root: Path) -> int:
    """Write down the configuration that a package which knows sqlc's makes of a file."""
    found = [entry for entry in entry_points(group=_CONVERTERS) if entry.name == "sqlc"]
    if not found:
        raise ConfigError("janua init --from-sqlc needs the generator: pip install 'janua-database[generator]'")
    text, notes = found[0].load()(sqlc_file, root)
    path = root / FILE_NAME
    add_table(path, text)
    for note in notes:
        print(note, file=sys.stderr)
    print(f"wrote [tool.janua] into {shown_path(path.absolute())}\n\nnext:\n  janua generate")
    return 0


def add_table(path: Path, table: str) -> None:
    """
    Add ``[tool.janua]`` to a pyproject.toml, or make one; everything else in it stays as it is.

    Raises ConfigError, and changes nothing, where that table is there already or the file is not one to add to.
    """
    try:
        before = path.read_bytes().decode() if path.exists() else ""
        document = tomllib.loads(before)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{shown_path(path.absolute())}: not valid TOML: {error}") from None
    if "janua" in document.get("tool", {}):
        raise ConfigError(f"{shown_path(path.absolute())}: there is a table [tool.janua] already; remove it first")
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    after = before + (gap + table if "\r\n" not in before else (gap + table).replace("\n", "\r\n"))
    try:
        tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        message = "a table cannot be added behind what is there: make [tool] a table of its own"
        raise ConfigError(f"{shown_path(path.absolute())}: {message}") from None
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.janua-new")
    beside.write_bytes(after.encode())
    if path.exists():
        shutil.copymode(path, beside)
    os.replace(beside, path)


def scaffold(root: Path) -> dict[str, str]:
    """Return the files of a new project in this folder: paths relative to it, and texts."""
    package = package_name(root.resolve().name)
    template = files("janua") / "scaffold"
    return {
        name.removesuffix(_SUFFIX).replace("dot.", "."): text.replace("@package@", package)
        for name, text in sorted(_texts(template, ""))
    }


def package_name(folder: str) -> str:
    """
    Return an import name for the generated package of the project in a folder called so.

    It ends in ``_db``, so that it is neither a keyword nor a module of the standard library.
    """
    ascii_only = unicodedata.normalize("NFKD", folder).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_only)
    name = "_".join(words) or "app"
    return f"{'app_' if name[0].isdigit() else ''}{name}_db"


def _texts(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _texts(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            found.append((prefix + entry.name, entry.read_text(encoding="utf-8")))
    return found


def _refuse_conflicts(root: Path, contents: Mapping[str, str]) -> None:
    in_the_way = [name for name in contents if _is_taken(root, name)]
    if root.exists() and not root.is_dir():
        raise ConfigError(f"{shown_path(root.absolute())}: is a file, not a folder")
    if in_the_way:
        listed = "\n".join(f"  {shown_path((root / name).absolute())}" for name in in_the_way)
        raise ConfigError(f"janua init overwrites nothing, and these are there already:\n{listed}")


def _is_taken(root: Path, name: str) -> bool:
    """Tell whether the file is there, or something that is no folder stands where one must be made."""
    path = root / name
    if path.exists() or path.is_symlink():
        return True
    parents = [root / parent for parent in Path(name).parents if parent != Path()]
    return any(parent.exists() and not parent.is_dir() for parent in parents)


def _farewell(root: Path, contents: Mapping[str, str]) -> str:
    lines = [f"  {shown_path((root / name).absolute())}" for name in contents]
    enter = "" if root.resolve() == Path.cwd() else f"  cd {shown_path(root.absolute())}\n"
    return "wrote\n" + "\n".join(lines) + f"\n\nnext:\n{enter}  janua generate\n  pytest"


INIT = Command(
    help="scaffold a project that generates and tests at once",
    configure=_configure,
    run=_run,
    description="Write a small project: configuration, a migration, queries and a test. Overwrites nothing.",
    example="  janua init shop && cd shop && janua generate && pytest\n  janua init --from-sqlc sqlc.yaml",
    failure="a file cannot be written",
    database="",
)
