"""
What earlier runs found, so that only what changed is done again. Lives in ``.janua/`` and may be deleted.

Two memories: a digest of everything that went in and came out, by which a run that would
change nothing ends at once; and each query's facts, by a digest of all that decides them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

if TYPE_CHECKING:
    from janua.diagnostics import Diagnostic

    from janua_generator.analysis.analyse import QueryFacts

Answer: TypeAlias = "tuple[str, QueryFacts, tuple[Diagnostic, ...]]"
"""What was found about a query: the place that its warnings show, its facts, its warnings."""

_FOLDER = ".janua"
STAGING = f"{_FOLDER}/new"
"""Where files are made before they are renamed into place."""


class Finished(msgspec.Struct, frozen=True):
    """
    A run that succeeded: digests of its inputs and of each file that it left, and what it reported.

    ``beside`` are files in the same folders that it did not write.
    """

    inputs: str
    outputs: dict[str, str]
    beside: tuple[str, ...]
    queries: int
    relations: int
    warnings: tuple[str, ...]


def digest(*parts: bytes | str) -> str:
    """Return a digest of the parts in their order, each counted with its length."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


def recall_finished(state: Path) -> Finished | None:
    """Return the last successful run, or None where there was none or its record is unreadable."""
    found: Finished | None = _load(state / "finished.json", Finished)
    return found


def remember_finished(state: Path, finished: Finished) -> None:
    """Record a successful run."""
    _store(state / "finished.json", msgspec.json.encode(finished))


def recall_answers(state: Path, key: str) -> dict[str, Answer]:
    """Return what was found under the same schema and generator, by each query's digest."""
    from janua.diagnostics import Diagnostic

    from janua_generator.analysis.analyse import QueryFacts

    type_ = tuple[str, dict[str, tuple[str, QueryFacts, tuple[Diagnostic, ...]]]]
    found = _load(state / "queries.msgpack", type_, msgspec.msgpack.decode)
    return found[1] if found is not None and found[0] == key else {}


def remember_answers(state: Path, key: str, answers: Mapping[str, Answer]) -> None:
    """Record what was found about all queries; those that are gone are forgotten."""
    _store(state / "queries.msgpack", msgspec.msgpack.encode((key, answers)))


def _load(path: Path, type_: Any, decode: Callable[..., Any] = msgspec.json.decode) -> Any:
    try:
        return decode(path.read_bytes(), type=type_)
    except (OSError, msgspec.MsgspecError):
        return None


def _store(path: Path, data: bytes) -> None:
    # what cannot be remembered is found again
    with suppress(OSError):
        _make_folder(path.parent)
        temporary = path.with_suffix(".new")
        temporary.write_bytes(data)
        os.replace(temporary, path)


def _make_folder(folder: Path) -> None:
    """Make the folder, unseen by git, as the caches of other tools are."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")


@contextmanager
def project_lock(root: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the project's lock; ``waiting`` is called once where another process has it. It ends with the process."""
    try:
        import fcntl
    except ImportError:
        # no such lock on Windows: replacing whole files keeps two runs from harming each other
        yield
        return
    try:
        _make_folder(root / _FOLDER)
        file = (root / _FOLDER / "generate.lock").open("w")
    except OSError:
        # a checkout that cannot be written to has no other writer either
        yield
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
