"""
The marks by which migration tools tell a file's parts apart: which tool it is for, what is UP and what is DOWN.

    janua        -- UP  ·  -- DOWN  ·  -- janua: no-transaction
    goose        -- +goose Up  ·  Down  ·  StatementBegin  ·  StatementEnd  ·  NO TRANSACTION
    sql-migrate  -- +migrate Up [notransaction]  ·  Down  ·  StatementBegin  ·  StatementEnd
    dbmate       -- migrate:up [transaction:false]  ·  -- migrate:down
    tern         ---- create above / drop below ----
    node-pg-migrate  -- Up Migration  ·  -- Down Migration
    others       -- +micrate Up  ·  -- rambler up  ·  -- ==== UP ====  ·  -- !Ups  ·  -- //@UNDO
    Atlas        -- atlas:txmode none

A mark is a comment alone on its line. What looks like one inside a string, a dollar quote or another
comment is none. StatementBegin and StatementEnd need only be a pair: statements are told apart by
PostgreSQL's own rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal, NoReturn, TypeAlias

from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, Token, tokenize
from janua.migrations.client import without_client_parts


class Style(Enum):
    """For which tool a file is written; the value is how it is called."""

    JANUA = "janua"
    GOLANG_MIGRATE = "golang-migrate"
    GOOSE = "goose"
    SQL_MIGRATE = "sql-migrate"
    DBMATE = "dbmate"
    TERN = "tern"
    NODE_PG_MIGRATE = "node-pg-migrate"
    OTHER = "another tool"
    FLYWAY = "Flyway"
    PLAIN = "plain SQL"


Word: TypeAlias = Literal["up", "down", "begin", "end", "no-transaction"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark and what it says."""

    style: Style
    word: Word
    token: Token


@dataclass(frozen=True, slots=True)
class Section:
    """
    A part of a migration's text; ``offset`` is where it begins in there, in characters.

    It has its length, so that every character has its place: where parts of the other kind lie
    between, there are blanks.
    """

    sql: str
    offset: int


@dataclass(frozen=True, slots=True)
class Parts:
    """What the marks make of a text. ``down`` is None where it has no such part."""

    style: Style
    up: Section
    down: Section | None
    is_transactional: bool


class MalformedMarks(Exception):
    """Marks that make no sense, at ``token``."""

    def __init__(self, token: Token, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.token = token
        self.hint = hint


_PATTERNS: tuple[tuple[Style, re.Pattern[str]], ...] = tuple(
    (style, re.compile(pattern, re.IGNORECASE))
    for style, pattern in (
        (Style.GOOSE, r"--\s*\+goose\s+(.*?)\s*"),
        (Style.SQL_MIGRATE, r"--\s*\+migrate\s+(.*?)\s*"),
        (Style.DBMATE, r"--\s*migrate:(.*?)\s*"),
        (Style.TERN, r"----\s*(create above / drop below)\s*----\s*"),
        (Style.NODE_PG_MIGRATE, r"--[\s-]*((?:up|down)\s+migration)\b.*"),
        (
            Style.OTHER,
            r"--\s*(?:\+\w+\s+|rambler\s+|=+\s*|-*\s*!|//\s*@)(ups?|downs?|undo|statementbegin|statementend)[\s=]*",
        ),
        (Style.JANUA, r"--\s*(up|down|janua:\s*.*?)\s*"),
        (Style.PLAIN, r"--\s*(atlas:txmode\s+none)\s*"),
    )
)
_WORDS: dict[str, tuple[Word, ...]] = {
    "up": ("up",),
    "down": ("down",),
    "up notransaction": ("no-transaction", "up"),
    "down notransaction": ("no-transaction", "down"),
    "up transaction:false": ("no-transaction", "up"),
    "down transaction:false": ("no-transaction", "down"),
    "up transaction:true": ("up",),
    "down transaction:true": ("down",),
    "statementbegin": ("begin",),
    "statementend": ("end",),
    "no transaction": ("no-transaction",),
    "create above / drop below": ("down",),
    "ups": ("up",),
    "downs": ("down",),
    "undo": ("down",),
    "up migration": ("up",),
    "down migration": ("down",),
    "janua: no-transaction": ("no-transaction",),
    "atlas:txmode none": ("no-transaction",),
}
# Substitution of variables is left to goose: a text that needs it is refused where the variable stands.
_IGNORED = {"envsub on", "envsub off"}
_SPELLED = {
    Style.JANUA: ("-- UP", "-- DOWN"),
    Style.GOOSE: ("-- +goose Up", "-- +goose Down"),
    Style.SQL_MIGRATE: ("-- +migrate Up", "-- +migrate Down"),
    Style.DBMATE: ("-- migrate:up", "-- migrate:down"),
    Style.TERN: ("its beginning", "---- create above / drop below ----"),
    Style.NODE_PG_MIGRATE: ("-- Up Migration", "-- Down Migration"),
    Style.OTHER: ("that begins UP", "that begins DOWN"),
}


def spelled(style: Style, word: Literal["up", "down"]) -> str:
    """Return the mark as the tool's users write it."""
    return _SPELLED.get(style, _SPELLED[Style.JANUA])[word == "down"]


def read_parts(text: str) -> Parts:
    """
    Return what the marks of a text make of it; without any, all of it is UP.

    Raises MalformedMarks, and SqlSyntaxError where the text cannot be cut into tokens.
    """
    server_text = without_client_parts(text)
    marks = list(_marks(server_text))
    foreign = [mark for mark in marks if mark.style not in (Style.JANUA, Style.PLAIN)]
    if foreign:
        # "-- down" may be a mere comment in a file of another tool.
        marks = [mark for mark in marks if mark.style is not Style.JANUA]
    style = _only_style(marks)
    _check_pairs(marks)
    up, down = _spans(style, marks, server_text)
    return Parts(
        style=style,
        up=_section(text, up) or Section("", 0),
        down=_section(text, down),
        is_transactional=not any(mark.word == "no-transaction" for mark in marks),
    )


def _marks(text: str) -> Iterator[Mark]:
    for token in tokenize(text):
        if token.kind is Kind.LINE_COMMENT and is_alone(text, token):
            yield from _marks_of(token)


def is_alone(text: str, token: Token) -> bool:
    """Tell whether nothing stands before the token in its line."""
    line_start = text.rfind("\n", 0, token.start) + 1
    return not text[line_start : token.start].strip()


def _marks_of(token: Token) -> Iterator[Mark]:
    for style, pattern in _PATTERNS:
        match = pattern.fullmatch(token.text)
        if match is None:
            continue
        said = " ".join(match[1].lower().split())
        if said in _IGNORED:
            return
        words = _WORDS.get(said.replace("janua:no", "janua: no"))
        if words is None:
            _fail_unknown(style, token, match[1])
        for word in words:
            yield Mark(style, word, token)
        return


def _fail_unknown(style: Style, token: Token, said: str) -> NoReturn:
    if style is Style.JANUA:
        directive = said.partition(":")[2].strip()
        raise MalformedMarks(token, f'unknown directive "{directive}"', 'the only one is "no-transaction"')
    raise MalformedMarks(token, f'{style.value} knows no mark "{said}"')


def _only_style(marks: list[Mark]) -> Style:
    for mark in marks:
        if mark.style not in (marks[0].style, Style.PLAIN):
            raise MalformedMarks(mark.token, f"a mark of {mark.style.value} in a file for {marks[0].style.value}")
    return marks[0].style if marks else Style.PLAIN


def _check_pairs(marks: list[Mark]) -> None:
    """StatementBegin and StatementEnd take turns, and no part ends between them."""
    opened: Mark | None = None
    for mark in marks:
        if mark.word == "end" and opened is None:
            raise MalformedMarks(mark.token, "StatementEnd without StatementBegin")
        if opened is not None and mark.word != "end" and mark.word != "no-transaction":
            raise MalformedMarks(opened.token, "StatementBegin without StatementEnd")
        if mark.word in ("begin", "end"):
            opened = mark if mark.word == "begin" else None
    if opened is not None:
        raise MalformedMarks(opened.token, "StatementBegin without StatementEnd")


_Spans: TypeAlias = list[tuple[int, int]]


def _spans(style: Style, marks: list[Mark], text: str) -> tuple[_Spans, _Spans]:
    """Where the UP parts and the DOWN parts lie."""
    bounds = [mark for mark in marks if mark.word in ("up", "down")]
    _check_order(style, bounds, text)
    parts: dict[str, _Spans] = {"up": [], "down": []}
    if not any(mark.word == "up" for mark in bounds):
        parts["up"].append((0, bounds[0].token.start if bounds else len(text)))
    for at, mark in enumerate(bounds):
        end = bounds[at + 1].token.start if at + 1 < len(bounds) else len(text)
        parts[mark.word].append((mark.token.end, end))
    return parts["up"], parts["down"]


def _check_order(style: Style, bounds: list[Mark], text: str) -> None:
    up = spelled(style, "up")
    first = next((mark for mark in bounds if mark.word == "up"), None)
    if first is None:
        return
    if bounds[0].word == "down":
        raise MalformedMarks(bounds[0].token, f"{spelled(style, 'down')} stands before {up}")
    for token in tokenize(text):
        if token.start >= first.token.start:
            break
        if token.kind not in TRIVIA:
            raise MalformedMarks(token, f"SQL before {up} would never run", "move it below that line")
    # sql-migrate alone lets the parts take turns.
    seen: dict[str, Token] = {}
    for mark in bounds if style is not Style.SQL_MIGRATE else ():
        if mark.word in seen:
            line = text.count("\n", 0, seen[mark.word].start) + 1
            again = spelled(style, "up" if mark.word == "up" else "down")
            raise MalformedMarks(mark.token, f"a second {again}: the first one is in line {line}")
        seen[mark.word] = mark.token


def _section(text: str, spans: _Spans) -> Section | None:
    if not spans:
        return None
    pieces: list[str] = []
    position = spans[0][0]
    for start, end in spans:
        pieces += [re.sub(r"[^\r\n]", " ", text[position:start]), text[start:end]]
        position = end
    return Section("".join(pieces), spans[0][0])


def has_sql(text: str) -> bool:
    """Tell whether there is anything but blanks, comments and semicolons; True where that cannot be told."""
    try:
        return any(token.kind not in TRIVIA and token.text != ";" for token in tokenize(text))
    except SqlSyntaxError:
        return True
