"""A statement as the server shows it: which query it is, and its text without the values that it may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from janua.errors import SqlSyntaxError
from janua.lexer import Kind, tokenize

# As ``janua.database.querycomment`` writes it.
_NAME = re.compile(r"/\* ([\w.-]+\.[\w-]+) \*/")
_LITERALS = frozenset({Kind.STRING, Kind.DOLLAR_STRING, Kind.NUMBER})
_HIDDEN = "?"


@dataclass(frozen=True, slots=True)
class Statement:
    """
    A statement. ``name`` is the query's, as ``users.get_user``, empty where the text bears none.

    ``sql`` is its text in one line, with ``?`` in place of all literals: those may be somebody's secret.
    """

    name: str
    sql: str

    def __str__(self) -> str:
        return self.name or self.sql


def read_statement(text: str) -> Statement:
    """Return what a text from ``pg_stat_activity`` or ``pg_stat_statements`` says, values left out."""
    found = _NAME.search(text)
    return Statement(found[1] if found else "", _without_literals(text))


def _without_literals(text: str) -> str:
    """
    Replace literals and drop comments.

    The server cuts long texts off, perhaps within a string: that and what follows is left out.
    """
    pieces: list[str] = []
    try:
        for token in tokenize(text):
            if token.kind in _LITERALS:
                pieces.append(_HIDDEN)
            elif token.kind in (Kind.LINE_COMMENT, Kind.BLOCK_COMMENT):
                pieces.append(" ")
            else:
                pieces.append(token.text)
    except SqlSyntaxError:
        pieces.append("…")
    return " ".join("".join(pieces).split())
