"""``janua init``: a small project that generates and tests at once."""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from janua.cli.command import Command
from janua.diagnostics import shown_path
from janua.errors import ConfigError

# The suffix keeps linters and test runners away from the templates.
_SUFFIX = ".in"


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", metavar="DIR", help="the project's folder, made if need be")


def _run(args: argparse.Namespace, project_dir: Path) -> int:
    root = project_dir / args.folder if args.folder else project_dir
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
    example="  janua init shop && cd shop && janua generate && pytest",
)
