"""Which of PostgreSQL's extensions the migrations ask for: told from their text, before there is a server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile

from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, Token, tokenize
from janua.migrations.files import Migration

# What is searched first: few files have it, and cutting the others into tokens would be for nothing.
_MENTION = r"(?i)\bextension\b|\bcreate\s+(?:or\s+replace\s+)?(?:trusted\s+)?(?:procedural\s+)?language\b"
# PostgreSQL takes CREATE LANGUAGE for CREATE EXTENSION where it names no handler (manual: CREATE LANGUAGE).
_BEFORE_LANGUAGE = frozenset({"or", "replace", "trusted", "procedural"})
_LONGEST = len(["create", *_BEFORE_LANGUAGE, "language", "name", "handler"])
# As many may follow a mention: IF NOT EXISTS and the name.
_TOKENS_BEHIND = 4
# Extensions that many projects only want for what PostgreSQL has by itself since version 13.
_FOR_RANDOM_UUIDS = frozenset({"pgcrypto", "uuid-ossp"})


@dataclass(frozen=True, slots=True)
class AskedExtension:
    """
    An extension that a migration asks for. ``start`` and ``end`` are the name's place in the migration's text.

    ``is_certain`` is False inside a DO block or a function's body: whether the statement is reached, and
    whether its failure is caught there, only a server tells.
    """

    name: str
    migration: Migration
    start: int
    end: int
    is_certain: bool


def asked_extensions(migrations: Iterable[Migration]) -> list[AskedExtension]:
    """Return what the UP sections ask for with CREATE EXTENSION, in their order, repetitions included."""
    found = []
    for migration in migrations:
        start, end = migration.up.offset, migration.up.offset + len(migration.up.sql)
        for name, place, is_certain in _asked(migration.text, start, end, in_body=False):
            found.append(AskedExtension(name, migration, place.start, place.end, is_certain))
    return found


def random_uuid_hint(names: Iterable[str]) -> str:
    """Return what to do without one of these extensions, for those of which mostly one function is wanted."""
    if _FOR_RANDOM_UUIDS.isdisjoint(names):
        return ""
    return " (gen_random_uuid() needs no extension since PostgreSQL 13)"


def _asked(text: str, start: int, end: int, *, in_body: bool) -> Iterator[tuple[str, Token, bool]]:
    tokens = _tokens_up_to_last_mention(text, start, end)
    for index, token in enumerate(tokens):
        if token.kind is Kind.DOLLAR_STRING:
            edge = token.text.index("$", 1) + 1
            yield from _asked(text, token.start + edge, token.end - edge, in_body=True)
        elif token.kind is Kind.STRING and in_body:
            # EXECUTE 'CREATE EXTENSION …'
            yield from _asked(text, token.start + token.text.index("'") + 1, token.end - 1, in_body=True)
        elif name := _named(tokens[index : index + _LONGEST]):
            yield _unquoted(name), name, not in_body


def _tokens_up_to_last_mention(text: str, start: int, end: int) -> list[Token]:
    """Return the tokens without blanks and comments, as far as anything can be asked for."""
    last = max((match.end() for match in re.compile(_MENTION).finditer(text, start, end)), default=-1)
    tokens: list[Token] = []
    behind = 0
    # A body may be in any language.
    with suppress(SqlSyntaxError):
        for token in tokenize(text[:end], start) if last >= 0 else ():
            if token.kind not in TRIVIA:
                tokens.append(token)
                behind += token.start >= last
            if behind == _TOKENS_BEHIND:
                break
    return tokens


def _named(tokens: Sequence[Token]) -> Token | None:
    """Return the name in CREATE EXTENSION or CREATE LANGUAGE, where the tokens begin with one of them."""
    words = [token.text.lower() for token in tokens]
    at = 1 + len(list(takewhile(_BEFORE_LANGUAGE.__contains__, words[1:])))
    match words[:1] + words[at:]:
        case ["create", "extension", "if", "not", "exists", _, *_]:
            at += 4
        case ["create", "extension", _, *_]:
            at += 1
        case ["create", "language", _, *rest] if rest[:1] != ["handler"]:
            at += 1
        case _:
            return None
    return tokens[at] if _unquoted(tokens[at]) else None


def _unquoted(token: Token) -> str:
    """Return the name that a token writes; an empty one where it is none."""
    if token.kind is Kind.NAME:
        return token.text.lower()
    return token.text[1:-1].replace('""', '"') if token.text.startswith('"') else ""
