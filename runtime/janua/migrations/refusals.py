"""What is wrong with a statement of a migration, at its place: before it is sent, or as the server says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

import psycopg

from janua.diagnostics import diagnostic_at, render, shown_path
from janua.errors import MigrationError, SqlSyntaxError
from janua.lexer import Kind, tokenize
from janua.migrations.dialects import hint_for_dialect
from janua.migrations.extensions import random_uuid_hint
from janua.migrations.files import Migration, malformed
from janua.migrations.statements import Statement, controls_transaction

_HINTS = {
    "25001": 'add the line "-- janua: no-transaction" to this file',
    "2D000": 'add the line "-- janua: no-transaction" to this file',
    "55P04": "use the new value in a later migration: it cannot be used before this one is committed",
}

_KEYWORDS = frozenset(
    ("CREATE", "ALTER", "TABLE", "COLUMN", "INDEX", "UNIQUE", "PRIMARY", "FOREIGN", "REFERENCES", "CONSTRAINT", "CHECK",
     "DEFAULT", "GENERATED", "ALWAYS", "IDENTITY", "NULL", "CASCADE", "VIEW", "TYPE", "FUNCTION", "TRIGGER",
     "EXTENSION", "SCHEMA", "DROP", "RENAME", "INSERT", "UPDATE", "DELETE", "VALUES", "SELECT", "WHERE", "GRANT",
     "COMMENT")
)  # fmt: skip


def refuse_unfit(migration: Migration, statements: Sequence[Statement], *, in_transaction: bool) -> None:
    """Refuse, before anything has run, what would do harm when it is sent."""
    for statement in statements:
        length = len(statement.sql)
        if in_transaction and controls_transaction(statement):
            message = f"{statement.words[0].upper()} in a migration, which runs in a transaction of its own"
            hint = 'remove it, or add the line "-- janua: no-transaction"'
            malformed(migration.path, migration.text, statement.offset, length, message, hint)


def with_hint(error: MigrationError, hint: str) -> MigrationError:
    """Return the error with one more hint."""
    if not hint:
        return error
    return MigrationError(
        f"{error}\nhint: {hint}",
        message=error.message,
        path=error.path,
        line=error.line,
        column=error.column,
        sqlstate=error.sqlstate,
        statement=error.statement,
        hint=f"{error.hint}; {hint}" if error.hint else hint,
        excerpt=error.excerpt,
        length=error.length,
    )


def statement_refusal(migration: Migration, statement: Statement, error: psycopg.Error) -> MigrationError:
    """Return the server's complaint about a statement."""
    given = error.diag.statement_position
    position = int(given) - 1 if given else _place_of_name(statement.sql, error)
    return refusal_of(migration, statement.offset + position, statement.sql, error, statement)


def commit_refusal(migration: Migration, statements: Sequence[Statement], error: psycopg.Error) -> MigrationError:
    """Return the server's complaint about the COMMIT behind the statements, which checks deferred constraints."""
    first, last = statements[0], statements[-1]
    section = migration.text[first.offset : last.offset + len(last.sql)]
    return refusal_of(migration, first.offset, section, error)


def refusal_of(
    migration: Migration, offset: int, sql: str, error: psycopg.Error, statement: Statement | None = None
) -> MigrationError:
    """Return the server's complaint with its place; without a statement it is about the COMMIT of ``sql``."""
    message = error.diag.message_primary or str(error).strip() or type(error).__name__
    sqlstate = error.sqlstate or ""
    hint = _hint(statement, error) or error.diag.message_hint or _HINTS.get(sqlstate, "")
    found = diagnostic_at(
        shown_path(migration.path),
        migration.text,
        offset if statement else _first_character(migration.text, offset),
        _length_at(migration.text, offset),
        message if statement else f"{message} (at COMMIT)",
        sqlstate=sqlstate,
        hint=hint,
    )
    return MigrationError(
        render(found),
        message=found.message,
        path=migration.path,
        line=found.line,
        column=found.column,
        sqlstate=sqlstate,
        statement=sql.strip(),
        hint=hint,
        excerpt=found.excerpt,
        length=found.length,
    )


def _hint(statement: Statement | None, error: psycopg.Error) -> str:
    if statement is None:
        return ""
    sqlstate = error.sqlstate or ""
    if statement.sql.startswith("\\"):
        return "lines that begin with \\ are psql's own commands, not SQL: remove them"
    if statement.words[:2] == ("create", "extension") and sqlstate in ("0A000", "58P01"):
        name = next(word for word in statement.words[2:] if word not in ("if", "not", "exists"))
        return _extension_hint(name)
    message = error.diag.message_primary or ""
    return hint_for_dialect(sqlstate, message) or _meant_keyword(message)


def _meant_keyword(message: str) -> str:
    found = re.fullmatch(r'syntax error at or near "(\w+)"', message)
    word = found[1].upper() if found else ""
    close = get_close_matches(word, _KEYWORDS, n=1, cutoff=0.75) if word not in _KEYWORDS else []
    return f"did you mean {close[0]}?" if close else ""


def _place_of_name(sql: str, error: psycopg.Error) -> int:
    """Where the name stands that an error is about which comes without a place, as of most commands but queries."""
    found = re.search(r'"([^"]+)"', error.diag.message_primary or "") if (error.sqlstate or "")[:2] == "42" else None
    try:
        names = [each for each in tokenize(sql) if found and each.kind in (Kind.NAME, Kind.QUOTED_NAME)]
    except SqlSyntaxError:
        return 0
    wanted = found[1].rpartition(".")[2] if found else ""
    return next((each.start for each in names if wanted in (each.text.lower(), each.text.strip('"'))), 0)


def _extension_hint(name: str) -> str:
    return (
        f'this server has no extension "{name}": point the tool at one that has it, '
        f"with JANUA_SCRATCH_URL or --database-url{random_uuid_hint([name])}"
    )


def _first_character(text: str, offset: int) -> int:
    return offset + len(text[offset:]) - len(text[offset:].lstrip())


def _length_at(text: str, offset: int) -> int:
    try:
        token = next(tokenize(text, offset))
    except (SqlSyntaxError, StopIteration):
        return 1
    return token.end - token.start
