"""
PostgreSQL's lexical structure, as far as needed to cut SQL without harming it.

Migrations are split into statements and query files are searched for placeholders with the
same tokens, so that a mark inside a string, comment or dollar quote is never mistaken for
the real one. Follows the manual's section "Lexical Structure", with
``standard_conforming_strings`` on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from janua.errors import SqlSyntaxError


class Kind(Enum):
    """What a token is."""

    BLANK = auto()
    LINE_COMMENT = auto()
    BLOCK_COMMENT = auto()
    STRING = auto()
    DOLLAR_STRING = auto()
    QUOTED_NAME = auto()
    NAME = auto()
    NUMBER = auto()
    PARAMETER = auto()
    OPERATOR = auto()
    PUNCTUATION = auto()


TRIVIA = frozenset({Kind.BLANK, Kind.LINE_COMMENT, Kind.BLOCK_COMMENT})


class Token(NamedTuple):
    """
    A piece of the text from ``start`` up to ``end``, in characters.

    A tuple, because there are hundreds of thousands of them.
    """

    kind: Kind
    start: int
    end: int
    text: str


_NAME = r"[^\W\d]\w*(?:\$|\w)*"
_OPERATOR_CHARS = r"+\-*/<>=~!@#%^&|`?"
_TOKEN = re.compile(
    rf"""
      (?P<BLANK>\s+)
    | (?P<LINE_COMMENT>--[^\n\r]*)
    | (?P<block>/\*)
    | (?P<escape_string>[eE]'(?:[^'\\]|\\.|'')*(?P<escape_end>')?)
    | (?P<STRING>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?P<string_end>')?)
    | (?P<QUOTED_NAME>(?:[uU]&)?"(?:[^"]|"")*(?P<name_end>")?)
    | (?P<PARAMETER>\$\d+)
    | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
    | (?P<NUMBER>(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
        |(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?))
    | (?P<NAME>{_NAME})
    | (?P<OPERATOR>[{_OPERATOR_CHARS}]+)
    | (?P<PUNCTUATION>::|:=|\.\.|=>|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
# The groups that are a token as they are.
_PLAIN = {
    kind.name: kind
    for kind in (Kind.BLANK, Kind.LINE_COMMENT, Kind.PARAMETER, Kind.NUMBER, Kind.NAME, Kind.PUNCTUATION)
}


def tokenize(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """
    Yield every token from ``start`` up to ``end``, blanks and comments included: joined, they are the text again.

    Raises SqlSyntaxError where a string, quoted name, dollar quote or block comment does not end.
    """
    position, end = start, len(text) if end is None else end
    match_at = _TOKEN.match
    while position < end:
        match = match_at(text, position, end)
        assert match is not None, "the last alternative takes any character"
        kind = _PLAIN.get(match.lastgroup or "")
        if kind is not None:
            stop = match.end()
        else:
            kind, stop = _classify(text, match, end)
        yield Token(kind, position, stop, text[position:stop])
        position = stop


def _classify(text: str, match: re.Match[str], limit: int) -> tuple[Kind, int]:
    """What needs a second look: tokens that may not end, and runs of operators."""
    start = match.start()
    if match["block"]:
        return Kind.BLOCK_COMMENT, _block_comment_end(text, start, limit)
    if match["dollar"]:
        tag = match["dollar"]
        end = text.find(tag, match.end(), limit)
        if end < 0:
            raise SqlSyntaxError(f"the dollar quote {tag} is not closed", start)
        return Kind.DOLLAR_STRING, end + len(tag)
    if match["OPERATOR"]:
        return Kind.OPERATOR, start + _operator_length(match["OPERATOR"])
    if match["QUOTED_NAME"]:
        if not match["name_end"]:
            raise SqlSyntaxError("the quoted name is not closed", start)
        return Kind.QUOTED_NAME, match.end()
    if not (match["escape_end"] or match["string_end"]):
        raise SqlSyntaxError("the string is not closed", start)
    return Kind.STRING, match.end()


def _operator_length(run: str) -> int:
    """
    Cut a run of operator characters as PostgreSQL does.

    A comment ends it; so does a trailing + or -, unless one of ``~ ! @ # % ^ & | ` ?`` is in the operator.
    """
    for edge in ("--", "/*"):
        at = run.find(edge)
        if at > 0:
            run = run[:at]
    while len(run) > 1 and run[-1] in "+-" and not set(run) & set("~!@#%^&|`?"):
        run = run[:-1]
    return len(run)


def _block_comment_end(text: str, start: int, limit: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start, limit):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise SqlSyntaxError("the block comment is not closed", start)


def split_statements(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the span of each statement between ``start`` and ``end``, as :func:`statement_spans` does."""
    return statement_spans(tokenize(text, start, end))


def statement_spans(tokens: Iterable[Token]) -> list[tuple[int, int]]:
    """
    Return the span of each statement, without the semicolons.

    A semicolon inside parentheses (CREATE RULE) or inside BEGIN ATOMIC … END (an SQL-standard
    function body) does not end a statement. Spans begin and end at a token that is not blank
    or comment; empty statements are left out.
    """
    return [(first, last) for first, last, _ in each_statement_span(tokens)]


def each_statement_span(tokens: Iterable[Token]) -> Iterator[tuple[int, int, int]]:
    """Yield the spans one by one, each with the place behind its semicolon, or -1 for a last one without."""
    first = last = -1
    parens = blocks = 0
    previous = ""
    for token in tokens:
        if token.kind in TRIVIA:
            continue
        word = token.text.lower() if token.kind is Kind.NAME else token.text
        if word == ";" and parens == 0 and blocks == 0:
            if first >= 0:
                yield first, last, token.end
            first, previous = -1, ""
            continue
        if first < 0:
            first = token.start
        last = token.end
        if word == "(":
            parens += 1
        elif word == ")":
            parens = max(0, parens - 1)
        elif (word == "atomic" and previous == "begin") or (word == "case" and blocks):
            blocks += 1
        elif word == "end" and blocks:
            blocks -= 1
        previous = word
    if first >= 0:
        yield first, last, -1
