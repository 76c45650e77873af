"""Which files a seed is, and in which order they run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from janua.config import suggestion
from janua.diagnostics import shown_path
from janua.errors import ConfigError, SeedError

SUFFIXES = (".sql", ".py")
_NAME = re.compile(r"\w[\w.-]*")
_AFTER = re.compile(r"(?:--|#)\s*after:\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seeded:
    """A file that was run: how many statements it had, and how many rows its COPYs took. A Python file has none."""

    path: Path
    statements: int = 0
    rows: int = 0


def seed_names(folder: Path) -> list[str]:
    """Return the names of the seeds in a folder."""
    found = folder.iterdir() if folder.is_dir() else ()
    names = {each.stem if each.is_file() else each.name for each in found if _is_seed(each)}
    return sorted(names)


def _is_seed(path: Path) -> bool:
    if path.name.startswith((".", "_")):
        return False
    return path.suffix in SUFFIXES if path.is_file() else any(_files_in(path))


def _files_in(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir()):
        if each.is_file() and each.suffix in SUFFIXES and not each.name.startswith((".", "_")):
            yield each


def ordered_files(folder: Path, name: str) -> list[Path]:
    """
    Return the files of a seed, those first that others say to be run after; the rest by their names.

    Raises ConfigError where there is no seed of this name, SeedError where files wait for each other or for one
    that is not there.
    """
    if not _NAME.fullmatch(name) or not _files_of(folder, name):
        names = seed_names(folder)
        there = f"there are {', '.join(names)}" if names else "there are none; see janua seed create"
        hint = suggestion(name, names) or f"; {there}"
        raise ConfigError(f'{shown_path(folder)}: there is no seed "{name}"{hint}')
    waiting: dict[Path, list[Path]] = {}
    _collect(folder, _files_of(folder, name), waiting)
    try:
        return list(TopologicalSorter(waiting).static_order())
    except CycleError as error:
        cycle = " after ".join(shown_path(each) for each in reversed(error.args[1]))
        raise SeedError(f"seeds wait for each other: {cycle}", path=error.args[1][0]) from None


def _files_of(folder: Path, name: str) -> list[Path]:
    found = [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").is_file()]
    own = folder / name
    return [*found, *(_files_in(own) if own.is_dir() else ())]


def _collect(folder: Path, files: list[Path], waiting: dict[Path, list[Path]]) -> None:
    for file in files:
        if file in waiting:
            continue
        before: list[Path] = []
        waiting[file] = before
        for line, name in _waits_for(file):
            beside = [each for each in files if each.stem == name and each != file]
            before += beside or _files_of(folder, name)
            if not beside and (not before or file in before):
                text = f'{shown_path(file)}:{line}: there is no seed "{name}" to run before this one'
                raise SeedError(text, path=file, line=line)
        _collect(folder, before, waiting)


def _waits_for(file: Path) -> Iterator[tuple[int, str]]:
    """The names behind ``after:`` in the comments at the file's beginning, with their lines."""
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            text = line.strip()
            if text and not text.startswith(("--", "#")):
                return
            if match := _AFTER.fullmatch(text):
                yield from ((number, each) for each in re.split(r"[,\s]+", match[1].strip()) if each)
