"""
What earlier runs found, so that only what changed is done again. Lives in ``.janua/`` and may be deleted.

A digest of everything that went in and came out, by which a run that would change nothing ends at
once; and what was found about the schema, each file and each query, under a key of all that decides it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from janua.diagnostics import Diagnostic

if TYPE_CHECKING:
    from janua_generator.analysis.analyse import QueryFacts
    from janua_generator.catalog.introspect import Introspection
    from janua_generator.sqlfile.model import SourceFile, SourceQuery

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
    warnings: tuple[Diagnostic, ...]


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
    from janua_generator.analysis.analyse import QueryFacts

    found = _recall(state, "queries", key, dict[str, tuple[str, QueryFacts, tuple[Diagnostic, ...]]])
    return found if found is not None else {}


def remember_answers(state: Path, key: str, answers: Mapping[str, Answer]) -> None:
    """Record what was found about all queries; those that are gone are forgotten."""
    _remember(state, "queries", key, answers)


def recall_schema(state: Path, key: str) -> Introspection | None:
    """Return what was read of the database whose fingerprint is in the key."""
    from janua_generator.catalog.introspect import Introspection

    found: Introspection | None = _recall(state, "schema", key, Introspection)
    return found


def remember_schema(state: Path, key: str, introspection: Introspection) -> None:
    """Record what was read of a database."""
    _remember(state, "schema", key, replace(introspection, derived={}))


def recall_files(state: Path) -> dict[str, list[SourceQuery]]:
    """Return the queries of files without findings, by the digests of the files' texts."""
    from janua_generator.sqlfile.model import SourceQuery

    found = _recall(state, "files", generator_digest(), dict[str, list[SourceQuery]])
    return found if found is not None else {}


def remember_files(state: Path, files: Iterable[Sequence[SourceQuery]]) -> None:
    """Record the queries of each file; empty files are soon read again."""
    from janua_generator.sqlfile.model import SourceFile

    nowhere = SourceFile("", "")
    by_text = {text_digest(each[0].file): moved(each, nowhere) for each in files if each}
    _remember(state, "files", generator_digest(), by_text)


def text_digest(file: SourceFile) -> str:
    """Changes with the queries that a file is read as."""
    return digest(file.text, str(file.is_sqlc))


def moved(queries: Iterable[SourceQuery], file: SourceFile) -> list[SourceQuery]:
    """The same queries in a file of the same text."""
    return [replace(query, file=file) for query in queries]


@cache
def generator_digest() -> str:
    """Changes with what generates: the versions of packages, and the generator's own files as they are."""
    found = []
    for name in ("janua-database", "sqlglot"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} -")
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in (".py", ".sql", ".j2"):
            status = path.stat()
            found.append(f"{path.name} {status.st_size} {status.st_mtime_ns}")
    return digest(*found)


def _recall(state: Path, name: str, key: str, type_: Any) -> Any:
    """Return what was recorded under the same key, else None."""
    found = _load(state / f"{name}.msgpack", tuple[str, msgspec.Raw], msgspec.msgpack.decode)
    if found is None or found[0] != key:
        return None
    try:
        return msgspec.msgpack.decode(found[1], type=type_)
    except msgspec.MsgspecError:
        return None


def _remember(state: Path, name: str, key: str, value: object) -> None:
    _store(state / f"{name}.msgpack", msgspec.msgpack.encode((key, value)))


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
