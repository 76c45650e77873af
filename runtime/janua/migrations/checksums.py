"""A migration's checksum: what the server is told, without what only people read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, tokenize
from janua.migrations.files import Migration
from janua.migrations.statements import Statement, statements_of

# Where blanks and comments of a body mean nothing (a body in Python is another matter).
_BLANKS_MEAN_NOTHING = frozenset({"sql", "plpgsql"})


def checksum_of(migration: Migration) -> str:
    """
    Return a checksum of the UP section that comments, blanks and the last semicolon do not change.

    Those inside the bodies of functions in SQL and PL/pgSQL, and of DO, do not either. The DOWN section may be
    corrected at any time.
    """
    return checksum_of_statements(statements_of(migration, migration.up))


def checksum_of_statements(statements: Iterable[Statement]) -> str:
    """Return the checksum of these statements in their order."""
    digest = hashlib.sha256()
    for statement in statements:
        for text in _said(statement):
            digest.update(text.encode() + b"\0")
        digest.update(b"\1")
    return digest.hexdigest()


def _said(statement: Statement) -> Iterator[str]:
    has_plain_body = _language(statement.words) in _BLANKS_MEAN_NOTHING
    for token in tokenize(statement.sql):
        if token.kind is Kind.DOLLAR_STRING and has_plain_body:
            edge = token.text.index("$", 1) + 1
            yield from _body(token.text[edge:-edge])
        elif token.kind not in TRIVIA:
            yield token.text


def _body(text: str) -> Sequence[str]:
    try:
        return [token.text for token in tokenize(text) if token.kind not in TRIVIA]
    except SqlSyntaxError:
        return [text]


def _language(words: Sequence[str]) -> str:
    """Return the language of the body that the statement holds; of others an empty text."""
    makes_routine = words[:1] == ("create",) and bool({"function", "procedure"} & set(words[1:4]))
    if words[:1] != ("do",) and not makes_routine:
        return ""
    if "language" not in words:
        return "plpgsql" if words[0] == "do" else ""
    following = words[words.index("language") + 1 : words.index("language") + 2]
    return following[0].strip("'").lower() if following else ""
