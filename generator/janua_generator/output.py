"""
Write generated files, or compare with what is there.

Every file is replaced by rename, so none is ever half-written, and an interrupted run is
completed by the next. Files that the generator did not write are left alone; where one stands
in the place of a generated file, nothing at all is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from janua.diagnostics import Diagnostic

from janua_generator.diagnostics import GenerationFailed
from janua_generator.emit import MARK

_TEMPORARY = ".janua-new"
_HEAD = 2000


@dataclass(frozen=True, slots=True)
class Plan:
    """What must change for the folders to hold exactly ``files``. Paths are absolute and sorted."""

    files: Mapping[Path, str]
    changed: tuple[Path, ...]
    missing: tuple[Path, ...]
    stale: tuple[Path, ...]
    unchanged: int

    @property
    def is_up_to_date(self) -> bool:
        """Whether nothing has to be done."""
        return not (self.changed or self.missing or self.stale)


def plan(files: Mapping[Path, str], folders: Iterable[Path], root: Path) -> Plan:
    """
    Compare the files with the folders that hold nothing else of the generator's.

    Raises GenerationFailed where a file that somebody else wrote is in the way.
    """
    current = {path: _read(path) for path in files}
    foreign = [path for path, text in current.items() if text is not None and not _is_own(path, text)]
    if foreign:
        raise GenerationFailed([_in_the_way(path, root) for path in sorted(foreign)])
    leftover = (path for folder in folders for path in _own_files(folder) if path not in files)
    return Plan(
        files=files,
        changed=tuple(sorted(p for p, text in current.items() if text is not None and text != files[p])),
        missing=tuple(sorted(p for p, text in current.items() if text is None)),
        stale=tuple(sorted(leftover)),
        unchanged=sum(text == files[path] for path, text in current.items()),
    )


def apply(plan: Plan, folders: Iterable[Path]) -> None:
    """Bring the folders to what was planned."""
    for folder in folders:
        for left_behind in folder.rglob(f".*{_TEMPORARY}"):
            left_behind.unlink(missing_ok=True)
    written: list[tuple[Path, Path]] = []
    try:
        for path in (*plan.missing, *plan.changed):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}{_TEMPORARY}")
            written.append((temporary, path))
            temporary.write_text(plan.files[path], encoding="utf-8", newline="")
        for temporary, path in written:
            os.replace(temporary, path)
    finally:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
    for path in plan.stale:
        path.unlink(missing_ok=True)
        # a schema's subpackage goes with its last module
        with suppress(OSError):
            path.parent.rmdir()


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except IsADirectoryError:
        return ""


def _is_own(path: Path, text: str) -> bool:
    """A file that bears the mark at its head, merge-conflict markers or not; ``py.typed`` is empty."""
    return MARK in text[:_HEAD] or (path.name == "py.typed" and not text.strip())


def _own_files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".sql", ".json") and "__pycache__" not in path.parts:
            text = _read(path)
            if text is not None and MARK in text[:_HEAD]:
                yield path


def _in_the_way(path: Path, root: Path) -> Diagnostic:
    return Diagnostic(
        file=path.relative_to(root).as_posix(),
        line=0,
        column=0,
        message="this file was not written by janua and is in the way",
        hint="move it, or choose another folder with tool.janua.output or tool.janua.schema",
    )
