"""A text as the words, operators and marks that have a meaning, with names as PostgreSQL folds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, Token

from janua_generator.analysis.syntax import tokens_of

_CODE = r"[\da-fA-F]{4}|\+[\da-fA-F]{6}"


class Lexeme(NamedTuple):
    """
    A token that is neither blank nor comment.

    ``word`` is the name where it is one, ``text`` its folded text unless it was quoted: a keyword
    can only stand there. ``start`` is its place in the text.
    """

    kind: Kind
    word: str
    text: str
    start: int


def lexemes_of(text: str) -> list[Lexeme]:
    """Return what a text says. Empty where it is not SQL at all."""
    try:
        tokens = [token for token in tokens_of(text) if token.kind not in TRIVIA]
    except SqlSyntaxError:
        return []
    return [_lexeme(tokens, at) for at in range(len(tokens))]


def _lexeme(tokens: Sequence[Token], at: int) -> Lexeme:
    token = tokens[at]
    if token.kind is Kind.NAME:
        folded = token.text.lower()
        return Lexeme(token.kind, folded, folded, token.start)
    if token.kind is Kind.QUOTED_NAME:
        return Lexeme(token.kind, _unquoted(token.text, tokens[at + 1 : at + 3]), "", token.start)
    return Lexeme(token.kind, "", token.text, token.start)


def _unquoted(text: str, following: Sequence[Token]) -> str:
    if text[0] not in "uU":
        return text[1:-1].replace('""', '"')
    own = len(following) == 2 and following[0].text.lower() == "uescape"
    escape = following[1].text[1:-1] if own else "\\"
    return re.sub(
        f"{re.escape(escape)}({re.escape(escape)}|{_CODE})",
        lambda match: escape if match[1] == escape else chr(int(match[1].removeprefix("+"), 16)),
        text[3:-1].replace('""', '"'),
    )


def string_value(text: str) -> str:
    """Return the value of a string constant, as far as a name or a code block needs it."""
    if text.startswith("$"):
        tag = text.index("$", 1) + 1
        return text[tag:-tag]
    body = text[text.index("'") + 1 : -1].replace("''", "'")
    return re.sub(r"\\(.)", r"\1", body) if text[0] in "eE" else body


def qualifier(lexemes: Sequence[Lexeme], at: int) -> tuple[str, int]:
    """The name before the dot before a name, or an empty string; and where the whole name begins."""
    schema, start = "", at
    while start >= 2 and lexemes[start - 1].text == "." and lexemes[start - 2].word:
        start -= 2
        schema = schema or lexemes[start].word
    return schema, start


def text_at(lexemes: Sequence[Lexeme], at: int) -> str:
    """The text of a lexeme, or an empty string beyond the edges."""
    return lexemes[at].text if 0 <= at < len(lexemes) else ""


def words(lexemes: Sequence[Lexeme]) -> Iterator[str]:
    """The keywords and unquoted names."""
    return (each.text for each in lexemes if each.kind is Kind.NAME)
