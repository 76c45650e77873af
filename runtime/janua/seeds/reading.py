"""
SQL files statement by statement, however large they are: what is held is one statement, and the piece read ahead.

Statements that only carry data are cut by a few patterns, ten times as fast as the lexer cuts what may have bodies
with semicolons in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from janua.diagnostics import diagnostic_at, render, shown_path
from janua.errors import SeedError, SqlSyntaxError
from janua.lexer import TRIVIA, each_statement_span, tokenize

_PIECE = 1 << 18
_DATA = frozenset({"insert", "update", "delete", "copy", "select", "values", "truncate", "set"})
_PLAIN = re.compile(r"[^'\"$;/-]+")
_QUOTED = {"'": re.compile(r"'[^']*(?:''[^']*)*'(?!')"), '"': re.compile(r'"[^"]*(?:""[^"]*)*"(?!")')}
_ESCAPED = re.compile(r"'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'(?!')", re.DOTALL)
_DOLLAR = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_EDGE = re.compile(r"/\*|\*/")


class SeedStatement(NamedTuple):
    """A statement, the line on which it begins, and what stands before it there."""

    sql: str
    line: int
    lead: str


class SqlReader:
    """Reads the statements of a file one after the other, and the data that follows ``COPY … FROM STDIN``."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path = path
        self._file = file
        self._text = ""
        self._at = 0
        self._line = 1
        self._is_at_end = False

    def __iter__(self) -> Iterator[SeedStatement]:
        """Raises SeedError where a string or comment does not end, or the file is no UTF-8 text."""
        while (found := self._next()) is not None:
            yield found

    def data(self) -> Iterator[str]:
        """Yield the lines that follow the statement, up to one that is ``\\.``, in pieces."""
        self._skip_line()
        while True:
            end = self._text.find("\n", self._at)
            if end < 0 and self._read():
                continue
            line = self._text[self._at :] if end < 0 else self._text[self._at : end + 1]
            self._consume(self._at + len(line))
            if not line or line.rstrip("\r\n") == "\\.":
                return
            yield line

    def _skip_line(self) -> None:
        while (end := self._text.find("\n", self._at)) < 0 and self._read():
            continue
        self._consume(end + 1 if end >= 0 else len(self._text))

    def _next(self) -> SeedStatement | None:
        while True:
            try:
                span = _span(self._text, self._at, is_whole=self._is_at_end)
            except SqlSyntaxError as error:
                if self._is_at_end:
                    raise self._unfinished(error) from None
                span = None
            if span is not None:
                break
            if self._is_at_end:
                return None
            self._read()
        first, last, after = span
        self._consume(first)
        lead = self._text[self._text.rfind("\n", 0, first) + 1 : first]
        found = SeedStatement(self._text[first:last], self._line, lead)
        self._consume(after)
        return found

    def _unfinished(self, error: SqlSyntaxError) -> SeedError:
        line = self._line + self._text.count("\n", self._at, error.offset)
        text = "\n" * (line - 1) + self._text[self._text.rfind("\n", 0, error.offset) + 1 :]
        offset = line - 1 + error.offset - (self._text.rfind("\n", 0, error.offset) + 1)
        found = diagnostic_at(shown_path(self.path), text, offset, 1, str(error))
        return SeedError(render(found), path=self.path, line=line)

    def _consume(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _read(self) -> bool:
        """Read on, as much again as is held already, so that a long statement is not looked at too often."""
        try:
            more = self._file.read(max(_PIECE, len(self._text) - self._at))
        except UnicodeDecodeError:
            raise SeedError(f"{shown_path(self.path)}: not a UTF-8 text", path=self.path) from None
        self._text, self._at = self._text[self._at :] + more, 0
        self._is_at_end = not more
        return bool(more)


def _span(text: str, start: int, *, is_whole: bool) -> tuple[int, int, int] | None:
    """
    The first statement's span and the place behind its semicolon; None where the text does not have all of it.

    Raises SqlSyntaxError where a string or comment does not end in the text.
    """
    tokens = tokenize(text, start)
    first = next((token for token in tokens if token.kind not in TRIVIA and token.text != ";"), None)
    if first is None:
        return None
    if first.text.lower() in _DATA and first.end < len(text):
        after = _end_of_data(text, first.end, is_whole=is_whole)
        end = after - 1 if after >= 0 else len(text)
        while text[end - 1].isspace():
            end -= 1
        return (first.start, end, after if after >= 0 else len(text)) if after >= 0 or is_whole else None
    for begin, stop, after in each_statement_span(tokenize(text, first.start)):
        if after >= 0 or is_whole:
            return begin, stop, after if after >= 0 else len(text)
    return None


def _end_of_data(text: str, at: int, *, is_whole: bool) -> int:
    """The place behind the semicolon, or -1 where there is none; ``at`` is within a statement that has no body."""
    while at < len(text):
        char = text[at]
        if char == ";":
            return at + 1
        if char in "'\"":
            is_escaped = char == "'" and text[at - 1] in "eE" and not (text[at - 2].isalnum() or text[at - 2] == "_")
            match = (_ESCAPED if is_escaped else _QUOTED[char]).match(text, at)
            if match is None or (match.end() == len(text) and not is_whole):
                raise SqlSyntaxError("the string is not closed" if char == "'" else "the quoted name is not closed", at)
            at = match.end()
        elif char == "$" and (match := _DOLLAR.match(text, at)) is not None:
            end = text.find(match[0], match.end())
            if end < 0:
                raise SqlSyntaxError(f"the dollar quote {match[0]} is not closed", at)
            at = end + len(match[0])
        elif text.startswith("--", at):
            end = text.find("\n", at)
            at = end if end >= 0 else len(text)
        elif text.startswith("/*", at):
            at = _comment_end(text, at)
        else:
            plain = _PLAIN.match(text, at)
            at = plain.end() if plain is not None else at + 1
    return -1


def _comment_end(text: str, start: int) -> int:
    depth = 0
    for edge in _EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise SqlSyntaxError("the block comment is not closed", start)
