"""
What earlier runs found, so that only what changed is done again. Lives in ``.janua/`` and may be deleted.

Two memories: a digest of everything that went in and came out, by which a run that would
change nothing ends at once; and each query's facts, by a digest of all that decides them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from janua_generator.analysis.analyse import QueryFacts

_FOLDER = ".janua"


class Finished(msgspec.Struct, frozen=True):
    """A run that succeeded: digests of its inputs and of each file that it left, and what it reported."""

    inputs: str
    outputs: dict[str, str]
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


def recall_finished(root: Path) -> Finished | None:
    """Return the last successful run, or None where there was none or its record is unreadable."""
    found: Finished | None = _load(root / _FOLDER / "finished.json", Finished)
    return found


def remember_finished(root: Path, finished: Finished) -> None:
    """Record a successful run."""
    _store(root / _FOLDER / "finished.json", msgspec.json.encode(finished))


def recall_facts(root: Path, key: str) -> dict[str, QueryFacts]:
    """Return the facts that were found under the same schema and generator, by each query's digest."""
    from janua_generator.analysis.analyse import QueryFacts

    found = _load(root / _FOLDER / "queries.msgpack", tuple[str, dict[str, QueryFacts]], msgspec.msgpack.decode)
    return found[1] if found is not None and found[0] == key else {}


def remember_facts(root: Path, key: str, facts: Mapping[str, QueryFacts]) -> None:
    """Record the facts of all queries; those of queries that are gone are forgotten."""
    _store(root / _FOLDER / "queries.msgpack", msgspec.msgpack.encode((key, facts)))


def _load(path: Path, type_: Any, decode: Callable[..., Any] = msgspec.json.decode) -> Any:
    try:
        return decode(path.read_bytes(), type=type_)
    except (OSError, msgspec.MsgspecError):
        return None


def _store(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_bytes(data)
    os.replace(temporary, path)


@contextmanager
def project_lock(root: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the project's lock; ``waiting`` is called once where another process has it. It ends with the process."""
    try:
        import fcntl
    except ImportError:
        # no such lock on Windows: replacing whole files keeps two runs from harming each other
        yield
        return
    path = root / _FOLDER / "generate.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
