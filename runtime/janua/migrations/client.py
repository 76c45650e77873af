"""
What psql reads itself in a file of SQL: lines that begin with a backslash, and the data below COPY … FROM stdin.

pg_dump writes both, and neither is SQL: a server never sees them.
"""

from __future__ import annotations

import re

from janua.lexer import TRIVIA, Kind, tokenize

_END_OF_DATA = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)


def without_client_parts(text: str) -> str:
    """
    Return the text with blanks in place of psql's commands and of COPY statements with their data.

    Every other character stays where it was. A command behind a statement, such as ``\\gexec``,
    ends it as a semicolon would. Raises SqlSyntaxError as the lexer does.
    """
    if "\\" not in text:
        return text
    pieces: list[str] = []
    position = 0
    while (found := _next_part(text, position)) is not None:
        start, end, ends_statement = found
        blanks = _blank(text[start:end])
        pieces += [text[position:start], ";" + blanks[1:] if ends_statement else blanks]
        position = end
    return "".join([*pieces, text[position:]])


def _next_part(text: str, position: int) -> tuple[int, int, bool] | None:
    """The span of the next part from ``position`` on, and whether it ends a statement."""
    words: list[str] = []
    start = position
    for token in tokenize(text, position):
        if token.kind in TRIVIA:
            continue
        if token.text == "\\":
            return token.start, _end_of_line(text, token.start), bool(words)
        if token.text == ";":
            if _reads_data(words) and (end := _END_OF_DATA.search(text, token.end)):
                return start, end.end(), False
            words = []
            continue
        if not words:
            start = token.start
        words.append(token.text.lower() if token.kind is Kind.NAME else token.text)
    return None


def _reads_data(words: list[str]) -> bool:
    return words[0:1] == ["copy"] and "stdin" in words


def _end_of_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)
