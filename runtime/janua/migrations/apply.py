"""Running migrations: statement by statement, each file in a transaction where its statements allow that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import psycopg
from psycopg.pq import TransactionStatus

from janua.diagnostics import diagnostic_at, render, shown_path
from janua.errors import MigrationError, SqlSyntaxError
from janua.lexer import tokenize
from janua.migrations.dialects import hint_for_dialect
from janua.migrations.extensions import random_uuid_hint
from janua.migrations.files import Migration, malformed
from janua.migrations.statements import (
    Statement,
    changes_session,
    controls_transaction,
    needs_autocommit,
    statements_of,
)
from janua.migrations.styles import Section, Style, spelled

Execute: TypeAlias = Callable[[psycopg.Connection, Migration, Statement], None]

_HINTS = {
    "25001": 'add the line "-- janua: no-transaction" to this file',
    "2D000": 'add the line "-- janua: no-transaction" to this file',
    "55P04": "use the new value in a later migration: it cannot be used before this one is committed",
}
# A file of ours, or one that nobody marked, is run in one transaction, which it must not end by itself.
_OURS = (Style.JANUA, Style.PLAIN)


def apply_up(conn: psycopg.Connection, migrations: Iterable[Migration]) -> None:
    """
    Run the UP sections in the given order.

    Each file runs in a transaction of its own: when one is refused, it leaves nothing behind, and those
    before it stay. A file with ``-- janua: no-transaction``, or with a statement that PostgreSQL runs only
    outside a transaction, runs statement by statement, and what came before the failure stays. What a
    file sets for its session does not reach the next. ``conn`` must not be inside a transaction.

    Raises MigrationError with the place, the SQLSTATE and the statement.
    """
    with autocommit(conn):
        for migration in migrations:
            run(conn, migration, statements_of(migration, migration.up))


def apply_down(conn: psycopg.Connection, migrations: Iterable[Migration]) -> None:
    """
    Run the DOWN sections in reverse order; otherwise as :func:`apply_up`.

    Raises MigrationError before anything has run where one has no DOWN section.
    """
    latest_first = list(migrations)[::-1]
    sections = [(migration.taking_back, _down(migration)) for migration in latest_first]
    with autocommit(conn):
        for migration, section in sections:
            run(conn, migration, statements_of(migration, section))


def _down(migration: Migration) -> Section:
    if migration.down is None:
        raise MigrationError(
            f"{shown_path(migration.path)}: has no {spelled(migration.style, 'down')} section", path=migration.path
        )
    return migration.down


@contextmanager
def autocommit(conn: psycopg.Connection) -> Iterator[None]:
    """Have the connection in autocommit for a block."""
    before = conn.autocommit
    if not before:
        conn.autocommit = True
    try:
        yield
    finally:
        if not before and not conn.closed:
            conn.autocommit = False


def run(
    conn: psycopg.Connection, migration: Migration, statements: Sequence[Statement], execute: Execute | None = None
) -> None:
    """Run the statements as their migration wants it, each by ``execute``."""
    in_transaction = migration.is_transactional and not any(map(needs_autocommit, statements))
    if migration.style not in _OURS:
        in_transaction = in_transaction and not any(map(controls_transaction, statements))
    _refuse_unfit(migration, statements, in_transaction=in_transaction)
    try:
        with conn.transaction() if in_transaction else _no_transaction(conn, migration):
            for statement in statements:
                (execute or execute_statement)(conn, migration, statement)
    except psycopg.Error as error:
        # COMMIT itself, which checks deferred constraints.
        first, last = statements[0], statements[-1]
        section = migration.text[first.offset : last.offset + len(last.sql)]
        raise _refused(migration, first.offset, section, error) from error
    reset_session(conn, statements)


def reset_session(conn: psycopg.Connection, statements: Iterable[Statement]) -> None:
    """Take back what the statements have set for the session."""
    if any(map(changes_session, statements)):
        conn.execute("RESET ALL; RESET SESSION AUTHORIZATION; RESET ROLE")


@contextmanager
def _no_transaction(conn: psycopg.Connection, migration: Migration) -> Iterator[None]:
    """Leave the connection outside a transaction, whatever the file did by itself."""
    try:
        yield
        if conn.info.transaction_status is not TransactionStatus.IDLE:
            raise MigrationError(
                f"{shown_path(migration.path)}: begins a transaction and does not end it", path=migration.path
            )
    finally:
        if not conn.closed:
            conn.rollback()


def _refuse_unfit(migration: Migration, statements: Sequence[Statement], *, in_transaction: bool) -> None:
    """Refuse, before anything has run, what would do harm when it is sent."""
    for statement in statements:
        length = len(statement.sql)
        if in_transaction and controls_transaction(statement):
            message = f"{statement.words[0].upper()} in a migration, which runs in a transaction of its own"
            hint = 'remove it, or add the line "-- janua: no-transaction"'
            malformed(migration.path, migration.text, statement.offset, length, message, hint)
        if statement.words[0] == "copy" and "stdin" in statement.words:
            # The server would wait for the data, and meanwhile nobody could drop any database.
            message = "COPY … FROM STDIN in a migration, which has no standard input"
            malformed(migration.path, migration.text, statement.offset, length, message, "write INSERT instead")


def execute_statement(conn: psycopg.Connection, migration: Migration, statement: Statement) -> None:
    """Run one statement. Raises MigrationError with its place."""
    try:
        conn.execute(statement.sql.encode(), prepare=False)
    except psycopg.Error as error:
        position = int(error.diag.statement_position or 1) - 1
        raise _refused(migration, statement.offset + position, statement.sql, error, statement) from error


def _refused(
    migration: Migration, offset: int, sql: str, error: psycopg.Error, statement: Statement | None = None
) -> MigrationError:
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
    return hint_for_dialect(sqlstate, error.diag.message_primary or "")


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
