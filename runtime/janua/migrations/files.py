"""
Migration files: which there are, in which order, and what is in their two sections.

A file is called ``NUMBER_words.sql``. The line ``-- UP`` begins what is applied, the line ``-- DOWN`` what
takes it back; without the first, everything up to ``-- DOWN`` is applied. Upper or lower case does not
matter. The line ``-- janua: no-transaction`` lets the statements run one by one outside a transaction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from janua.diagnostics import diagnostic_at, render, shown_path
from janua.errors import MigrationError, SqlSyntaxError
from janua.lexer import TRIVIA, Kind, Token, tokenize

_NAME = re.compile(r"(\d+)_\w[\w.-]*\.sql")
_MARKER = re.compile(r"--\s*(up|down)\s*", re.IGNORECASE)
_DIRECTIVE = re.compile(r"--\s*janua:\s*(.*?)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a migration's text; ``offset`` is where it begins in there, in characters."""

    sql: str
    offset: int


@dataclass(frozen=True, slots=True)
class Migration:
    """
    One file. ``name`` is that of the file without ``.sql``; ``text`` is all of it.

    ``down`` is None where the file does not say how to take it back. ``is_transactional`` is False
    where the file asks to run outside a transaction.
    """

    number: int
    name: str
    path: Path
    text: str
    up: Section
    down: Section | None
    is_transactional: bool


def read_migrations(folder: Path) -> list[Migration]:
    """
    Read the migrations of a folder, by ascending number.

    Other files than ``*.sql`` are left alone. Raises MigrationError, with file and line, where a name
    has no number, two files have the same one, a file is not UTF-8, or its sections are not clear.
    """
    try:
        paths = [path for path in folder.iterdir() if path.suffix == ".sql" and not path.name.startswith(".")]
    except OSError as error:
        raise MigrationError(f"{shown_path(folder)}: cannot be read: {error.strerror}", path=folder) from None
    numbered = sorted((_number(path), path.name, path) for path in paths)
    for (number, first, _), (other, _, path) in pairwise(numbered):
        if number == other:
            raise MigrationError(
                f"{shown_path(path)}: has the same number as {first}; give one of the two another", path=path
            )
    return [_read(number, path) for number, _, path in numbered]


def _number(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise MigrationError(
            f"{shown_path(path)}: is not called like 0001_create_users.sql: a number, _ and words", path=path
        )
    return int(match[1])


def _read(number: int, path: Path) -> Migration:
    return _parsed(number, path, _text(path))


@lru_cache(maxsize=10_000)
def _parsed(number: int, path: Path, text: str) -> Migration:
    """Pure; kept, because a process that watches reads the same hundreds of files again and again."""
    try:
        return _Sections(number, path, text).migration()
    except SqlSyntaxError as error:
        malformed(path, text, error.offset, 1, str(error))


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: the byte 0x{content[error.start]:02x} cannot stand here"
        raise MigrationError(f"{shown_path(path)}:{line}: {message}", message=message, path=path, line=line) from None
    if "\0" in text:
        malformed(path, text, text.index("\0"), 1, "a zero character cannot be part of SQL")
    return text


def malformed(path: Path, text: str, offset: int, length: int, message: str, hint: str = "") -> NoReturn:
    """Raise a MigrationError about this place of a file."""
    found = diagnostic_at(shown_path(path), text, offset, length, message, hint=hint)
    raise MigrationError(
        render(found),
        message=message,
        path=path,
        line=found.line,
        column=found.column,
        hint=hint,
        excerpt=found.excerpt,
        length=length,
    ) from None


class _Sections:
    """Finds the marks of one file, among its comments only."""

    def __init__(self, number: int, path: Path, text: str) -> None:
        self._number = number
        self._path = path
        self._text = text
        self._marks: dict[str, Token] = {}
        self._first_sql: Token | None = None
        self._is_transactional = True

    def migration(self) -> Migration:
        for token in tokenize(self._text):
            if token.kind is Kind.LINE_COMMENT and self._is_alone(token):
                self._comment(token)
            elif token.kind not in TRIVIA and self._first_sql is None:
                self._first_sql = token
        self._check_order()
        return Migration(
            number=self._number,
            name=self._path.stem,
            path=self._path,
            text=self._text,
            up=self._section("up") or Section(self._text[: self._end_of_up()], 0),
            down=self._section("down"),
            is_transactional=self._is_transactional,
        )

    def _is_alone(self, token: Token) -> bool:
        line_start = self._text.rfind("\n", 0, token.start) + 1
        return not self._text[line_start : token.start].strip()

    def _comment(self, token: Token) -> None:
        if match := _MARKER.fullmatch(token.text):
            word = match[1].lower()
            if word in self._marks:
                line = self._text.count("\n", 0, self._marks[word].start) + 1
                self._fail(token, f"a second -- {word.upper()}: the first one is in line {line}")
            self._marks[word] = token
        elif match := _DIRECTIVE.fullmatch(token.text):
            if match[1].lower() != "no-transaction":
                self._fail(token, f'unknown directive "{match[1]}"', 'the only one is "no-transaction"')
            self._is_transactional = False

    def _check_order(self) -> None:
        up, down, sql = self._marks.get("up"), self._marks.get("down"), self._first_sql
        if up is None:
            return
        if down is not None and down.start < up.start:
            self._fail(down, "-- DOWN stands before -- UP")
        if sql is not None and sql.start < up.start:
            self._fail(sql, "SQL before -- UP would never run", "move it below that line")

    def _section(self, word: str) -> Section | None:
        mark = self._marks.get(word)
        if mark is None:
            return None
        end = self._end_of_up() if word == "up" else len(self._text)
        return Section(self._text[mark.end : end], mark.end)

    def _end_of_up(self) -> int:
        down = self._marks.get("down")
        return len(self._text) if down is None else down.start

    def _fail(self, token: Token, message: str, hint: str = "") -> NoReturn:
        malformed(self._path, self._text, token.start, token.end - token.start, message, hint)
