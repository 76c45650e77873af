"""
Migration folders: which files there are, in which order, and what is in their two sections.

Ours are called ``NUMBER_words.sql``. The line ``-- UP`` begins what is applied, the line ``-- DOWN`` what
takes it back; without the first, everything up to ``-- DOWN`` is applied. Upper or lower case does not
matter. The line ``-- janua: no-transaction`` lets the statements run one by one outside a transaction.

Folders of other tools are read as they are; ``styles`` has their marks. A folder is for one tool:

- golang-migrate, sqlx: ``NUMBER_words.up.sql`` and ``.down.sql``, by number, timestamps included
- goose, sql-migrate, dbmate, tern: by number, known by their marks
- node-pg-migrate, as these; without its marks, a file is applied as a whole
- Flyway: ``V1_2__words.sql`` by version, then ``R__words.sql`` by name
- Diesel, Prisma: a folder for each migration, by name, with ``up.sql`` and ``down.sql``, or ``migration.sql``
- anything else is a plain schema: by number where every name begins with one, else by name
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from janua.diagnostics import shown_path
from janua.errors import MigrationError, SqlSyntaxError
from janua.migrations.files import Migration, malformed, read_text
from janua.migrations.styles import MalformedMarks, Parts, Section, Style, has_sql, read_parts, spelled

_NAME = re.compile(r"(\d+)_\w[\w.-]*\.sql")
_NUMBER = re.compile(r"\d+(?:[._-]\d+(?![^\W_]))*")
_UP_OR_DOWN = re.compile(r"(.+)\.(up|down)\.sql")
_FLYWAY = re.compile(r"(?:([VU])(\d+(?:[._]\d+)*)|(R))__(.+)\.sql")
_NESTED = {"up.sql": ".up.sql", "down.sql": ".down.sql", "migration.sql": ".sql"}
_GO_MIGRATION = re.compile(r"\d+_\w+(?<!_test)\.go")
_CODE = {".cs", ".ex", ".exs", ".go", ".java", ".js", ".kt", ".php", ".py", ".rb", ".rs", ".scala", ".ts", ".xml"}
_LOGGER = logging.getLogger("janua.migrations")

_Version: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    text: str
    parts: Parts


def read_migrations(sources: Path | Sequence[Path | Sequence[Path]]) -> list[Migration]:
    """
    Read migrations: those of each source after the other, in the order that its tool gives them.

    A source is a folder, a file, or files and folders that belong together as those of a folder do. In a folder,
    other files than ``*.sql`` and hidden ones are left alone, and so are subfolders where there is SQL beside
    them; goose's migrations in Go are left out with a warning in the log ``janua.migrations``. Raises
    MigrationError, with file and line, where a folder mixes the ways of two tools, a name lacks its number,
    two files have the same one, a file is not UTF-8, its sections are not clear, or all that a folder
    has is in another language or deeper down.
    """
    found: list[Migration] = []
    for source in [sources] if isinstance(sources, Path) else sources:
        paths = [source] if isinstance(source, Path) else source
        found += _read_source([file for path in paths for file in _files_of(path)])
    return found


def _files_of(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        raise MigrationError(f"{shown_path(path)}: cannot be read: {error.strerror}", path=path) from None
    for each in entries:
        if _GO_MIGRATION.fullmatch(each.name):
            _LOGGER.warning("%s: left out: it is written in Go", shown_path(each))
    shown = [each for each in entries if not each.name.startswith(".")]
    found = [each for each in shown if each.suffix == ".sql" and each.is_file()]
    if not found:
        found = [each / name for each in shown for name in _NESTED if (each / name).is_file()]
    if not found:
        _refuse_without_sql(path, shown)
    return found


def _refuse_without_sql(path: Path, entries: list[Path]) -> None:
    """Say where the SQL is, or how to get it; a folder without anything is one that nobody has filled yet."""
    folders = [each for each in entries if each.is_dir() and next(each.rglob("*.sql"), None)]
    code = next((each for each in entries if each.suffix in _CODE and each.name != "__init__.py"), None)
    if folders:
        named = ", ".join(f'"{shown_path(each)}"' for each in folders[:5])
        raise MigrationError(
            f"{shown_path(path)}: has no .sql file itself; name the folder that is meant: {named}", path=path
        )
    if code is not None:
        hint = "write the schema that it makes to a file (pg_dump --schema-only) and name that"
        raise MigrationError(f"{shown_path(path)}: has no .sql file, but {code.name}; {hint}", path=path)


def _called(path: Path) -> str:
    """The file's name, or that of the folder which is one migration, as if the two were beside the others."""
    return path.parent.name + _NESTED[path.name] if path.name in _NESTED else path.name


def _read_source(paths: list[Path]) -> list[Migration]:
    if any(_UP_OR_DOWN.fullmatch(_called(path)) for path in paths):
        return _read_pairs(paths)
    files = [_read(path) for path in paths]
    style = _common_style(files)
    if style is Style.JANUA:
        return _numbered(files, style, lambda path: (_own_number(path),))
    if style is not Style.PLAIN:
        _refuse_unmarked(files, style)
        return _numbered(files, style, _version if style is not Style.SQL_MIGRATE else None)
    if paths and all(_FLYWAY.fullmatch(path.name) for path in paths):
        kept = [file for file in files if not file.path.name.startswith("U")]
        return _numbered(kept, Style.FLYWAY, _flyway_version)
    if all(_NUMBER.match(path.name) for path in paths) and not any(path.name in _NESTED for path in paths):
        return _numbered(files, style, _version)
    return [_migration(at, file, style) for at, file in enumerate(_by_name(files), start=1)]


def _by_name(files: list[_File]) -> list[_File]:
    return sorted(files, key=lambda file: _called(file.path))


def _common_style(files: list[_File]) -> Style:
    marked = [file for file in files if file.parts.style is not Style.PLAIN]
    for first, other in pairwise(marked):
        if first.parts.style is not other.parts.style:
            message = f"is written for {other.parts.style.value}, and {first.path.name} for {first.parts.style.value}"
            raise MigrationError(f"{shown_path(other.path)}: {message}; give each its own folder", path=other.path)
    return marked[0].parts.style if marked else Style.PLAIN


def _refuse_unmarked(files: list[_File], style: Style) -> None:
    """In a folder of marked files, SQL without a mark is hardly meant; some tools need none."""
    for file in files:
        if (
            style not in (Style.TERN, Style.NODE_PG_MIGRATE, Style.OTHER)
            and file.parts.style is Style.PLAIN
            and has_sql(file.text)
        ):
            message = f"has no line {spelled(style, 'up')}, as the others of this folder have"
            raise MigrationError(f"{shown_path(file.path)}: {message}", path=file.path)


def _numbered(files: list[_File], style: Style, version: Callable[[Path], _Version] | None) -> list[Migration]:
    """By version, which must be unique; sql-migrate orders by name where the versions are the same."""
    keyed = sorted(
        (((version or _version_or_none)(file.path), file.path.name, file) for file in files), key=_without_version_last
    )
    for (first, name, _), (other, _, file) in pairwise(keyed):
        if version is not None and first == other and first:
            message = f"has the same number as {name}; give one of the two another"
            raise MigrationError(f"{shown_path(file.path)}: {message}", path=file.path)
    return [_migration(found[0] if found else at, file, style) for at, (found, _, file) in enumerate(keyed, start=1)]


def _without_version_last(keyed: tuple[_Version, str, _File]) -> tuple[bool, _Version, str]:
    version, name, _ = keyed
    return not version, version, name


def _own_number(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise MigrationError(
            f"{shown_path(path)}: is not called like 0001_create_users.sql: a number, _ and words", path=path
        )
    return int(match[1])


def _version(path: Path) -> _Version:
    match = _NUMBER.match(path.name)
    if match is None:
        raise MigrationError(f"{shown_path(path)}: its name does not begin with a number", path=path)
    return tuple(int(each) for each in re.split(r"[._-]", match[0]))


def _version_or_none(path: Path) -> _Version:
    return _version(path)[:1] if _NUMBER.match(path.name) else ()


def _flyway_version(path: Path) -> _Version:
    """Repeatable ones have none, and come last."""
    match = _FLYWAY.fullmatch(path.name)
    assert match is not None
    return tuple(int(each) for each in re.split(r"[._]", match[2])) if match[2] else ()


def _migration(number: int, file: _File, style: Style) -> Migration:
    parts = file.parts
    name = _called(file.path).removesuffix(".sql")
    return Migration(number, name, file.path, file.text, parts.up, parts.down, parts.is_transactional, style)


def _read_pairs(paths: list[Path]) -> list[Migration]:
    """
    What belongs together has the same number, whatever the words, or is in the same folder.

    A file that has a number only is applied as well, and cannot be taken back.
    """
    ups: dict[_Version | str, Path] = {}
    downs: dict[_Version | str, Path] = {}
    for path in sorted(paths, key=_called):
        match = _UP_OR_DOWN.fullmatch(_called(path))
        version = _version_or_none(path) if path.name not in _NESTED else ()
        if match is None and not version:
            message = "is neither .up.sql nor .down.sql, as the others of this folder are"
            raise MigrationError(f"{shown_path(path)}: {message}", path=path)
        chosen = downs if match is not None and match[2] == "down" else ups
        key = version or _UP_OR_DOWN.sub(r"\1", _called(path))
        if key in chosen:
            message = f"has the same number as {chosen[key].name}; give one of the two another"
            raise MigrationError(f"{shown_path(path)}: {message}", path=path)
        chosen[key] = path
    for key, path in downs.items():
        if key not in ups:
            raise MigrationError(f"{shown_path(path)}: there is no .up.sql of this number", path=path)
    keys = sorted(ups, key=lambda key: (isinstance(key, str), key))
    return [_pair(at, key, ups[key], downs.get(key)) for at, key in enumerate(keys, start=1)]


def _pair(position: int, key: _Version | str, up: Path, down: Path | None) -> Migration:
    text = read_text(up)
    down_text = read_text(down) if down is not None else ""
    return Migration(
        number=position if isinstance(key, str) else key[0],
        name=_called(up).removesuffix(".sql").removesuffix(".up"),
        path=up,
        text=text,
        up=Section(text, 0),
        down=Section(down_text, 0) if down is not None else None,
        is_transactional=True,
        style=Style.GOLANG_MIGRATE,
        down_path=down,
        down_text=down_text,
    )


@lru_cache(maxsize=10_000)
def _parts(text: str) -> Parts:
    """Pure; kept, because a process that watches reads the same hundreds of files again and again."""
    return read_parts(text)


def _read(path: Path) -> _File:
    text = read_text(path)
    try:
        return _File(path, text, _parts(text))
    except MalformedMarks as error:
        token = error.token
        malformed(path, text, token.start, token.end - token.start, str(error), error.hint)
    except SqlSyntaxError as error:
        malformed(path, text, error.offset, 1, str(error))
