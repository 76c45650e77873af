"""
Trigger functions that do no more than fill columns in: ``NEW.x := …``, perhaps under IF, and ``RETURN NEW``.

Of any other body nothing is told. The grammar is that of PostgreSQL's manual, chapter "PL/pgSQL".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from janua.lexer import TRIVIA, Kind, Token, tokenize


class _Unknown(Exception):
    """The body does something else."""


@dataclass(slots=True)
class _Reader:
    """The tokens of a body, read from front to back."""

    text: str
    tokens: list[Token]
    at: int = 0
    found: list[tuple[str, str]] = field(default_factory=list)

    def word(self, ahead: int = 0) -> str:
        """The next token, in lower case."""
        return self.tokens[self.at + ahead].text.lower() if self.at + ahead < len(self.tokens) else ""

    def take(self, *words: str) -> None:
        """Read these words, which must come next."""
        for each in words:
            if self.word() != each:
                raise _Unknown
            self.at += 1

    def until(self, word: str) -> str:
        """Read an expression up to this word, which is not one of a CASE or within parentheses."""
        first, depth = self.at, 0
        for at in range(first, len(self.tokens)):
            current = self.tokens[at].text.lower()
            if depth == 0 and current == word:
                self.at = at + 1
                return self.text[self.tokens[first].start : self.tokens[at].start]
            depth += {"(": 1, "case": 1, ")": -1, "end": -1}.get(current, 0)
        raise _Unknown

    def statements(self) -> None:
        """Read statements up to what ends their block."""
        while self.word() not in ("end", "else", "elsif", "elseif", ""):
            self.statement()

    def statement(self) -> None:
        match self.word():
            case "new":
                self.assignment()
            case "return":
                self.take("return", "new", ";")
            case "if":
                self.branches()
            case "null":
                self.take("null", ";")
            case "raise" | "perform":
                self.until(";")
            case _:
                raise _Unknown

    def assignment(self) -> None:
        self.take("new", ".")
        if self.word(1) not in (":=", "="):
            raise _Unknown
        name = self.tokens[self.at]
        if name.kind not in (Kind.NAME, Kind.QUOTED_NAME):
            raise _Unknown
        self.at += 2
        column = name.text[1:-1].replace('""', '"') if name.kind is Kind.QUOTED_NAME else name.text.lower()
        self.found.append((column, self.until(";")))

    def branches(self) -> None:
        self.at += 1
        self.until("then")
        self.statements()
        while self.word() in ("elsif", "elseif"):
            self.at += 1
            self.until("then")
            self.statements()
        if self.word() == "else":
            self.at += 1
            self.statements()
        self.take("end", "if", ";")


def assignments_of(body: str) -> list[tuple[str, str]] | None:
    """
    Return the columns of NEW that a trigger's body may assign, each with the expression; None for other bodies.

    Such a body returns NEW in any case, or raises an error: it drops no row.
    """
    reader = _Reader(body, [token for token in tokenize(body) if token.kind not in TRIVIA])
    try:
        reader.take("begin")
        reader.statements()
        reader.take("end")
    except _Unknown:
        return None
    rest = [reader.word(at) for at in range(len(reader.tokens) - reader.at)]
    return reader.found if rest in ([], [";"]) else None


def body_of(definition: str) -> str:
    """Return what stands between the dollar quotes of ``CREATE FUNCTION``, as pg_get_functiondef shows it."""
    quoted = list(_dollar_quoted(definition))
    return quoted[-1] if quoted else ""


def _dollar_quoted(definition: str) -> Iterator[str]:
    for token in tokenize(definition):
        tag = re.match(r"\$\w*\$", token.text)
        if tag is not None and token.text.endswith(tag[0]):
            yield token.text[len(tag[0]) : -len(tag[0])]
