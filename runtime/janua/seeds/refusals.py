"""What a seed's statement must not be, and what the server's refusal of one looks like."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg

from janua.diagnostics import diagnostic_at, render, shown_path
from janua.errors import SeedError
from janua.lexer import TRIVIA, Kind, tokenize
from janua.migrations.statements import Statement, changes_session, controls_transaction
from janua.seeds.reading import SeedStatement

_LINE = re.compile(r"COPY [^,]+, line (\d+)")
RESET = b"RESET ALL; RESET SESSION AUTHORIZATION; RESET ROLE"


def check_statement(path: Path, statement: SeedStatement) -> bool:
    """
    Return whether the statement may leave a setting behind in the session.

    Raises SeedError for one that would end the seed's transaction, or that only psql knows.
    """
    message, worded = "", _worded(statement)
    if controls_transaction(worded):
        message = "a seed runs in one transaction, which it must not begin or end by itself"
    elif statement.sql.startswith("\\"):
        message = "lines that begin with \\ are psql's own commands, not SQL"
    if message:
        raise SeedError(_shown(path, statement, 0, message), path=path, line=statement.line)
    return changes_session(worded)


def _worded(statement: SeedStatement) -> Statement:
    # A setting that is made in the middle of a statement is looked for in those that are short only.
    head = statement.sql[:2000]
    words = []
    for token in tokenize(head):
        if token.kind in (Kind.STRING, Kind.DOLLAR_STRING, Kind.QUOTED_NAME):
            break
        if token.kind not in TRIVIA:
            words.append(token.text.lower())
    return Statement(statement.sql, 0, tuple(words) or ("",))


def refused(path: Path, statement: SeedStatement, error: psycopg.Error, data: str = "") -> SeedError:
    """What to raise for an error of the server's: with the place in the file, or that of a row in the ``data``."""
    message = error.diag.message_primary or str(error).strip() or type(error).__name__
    row = _LINE.search(error.diag.context or "")
    if row is not None:
        message += f" (row {row[1]} of {data})" if data else f" (row {row[1]} of its data)"
    offset = int(error.diag.statement_position or 1) - 1
    text = _shown(path, statement, offset, message, error.sqlstate or "", error.diag.message_hint or "")
    line = statement.line + statement.sql.count("\n", 0, offset)
    return SeedError(text, path=path, line=line, sqlstate=error.sqlstate or "", statement=statement.sql[:2000])


def _shown(path: Path, statement: SeedStatement, offset: int, message: str, sqlstate: str = "", hint: str = "") -> str:
    before = "\n" * (statement.line - 1) + statement.lead
    text = before + statement.sql
    try:
        length = len(next(tokenize(statement.sql, offset)).text)
    except (StopIteration, ValueError):
        length = 1
    found = diagnostic_at(shown_path(path), text, len(before) + offset, length, message, sqlstate=sqlstate, hint=hint)
    return render(found)
