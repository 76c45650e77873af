"""Running migrations: statement by statement, each file in a transaction where its statements allow that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.pq import TransactionStatus

from janua.diagnostics import diagnostic_at, render, shown_path
from janua.errors import MigrationError, SqlSyntaxError
from janua.lexer import TRIVIA, Kind, split_statements, tokenize
from janua.migrations.extensions import random_uuid_hint
from janua.migrations.files import Migration, Section, malformed

_HINTS = {
    "25001": 'add the line "-- janua: no-transaction" to this file',
    "2D000": 'add the line "-- janua: no-transaction" to this file',
    "55P04": "use the new value in a later migration: it cannot be used before this one is committed",
}


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement, where it begins in its file, and its words in lower case (names, quoted or not)."""

    sql: str
    offset: int
    words: tuple[str, ...]


def apply_up(conn: psycopg.Connection, migrations: Iterable[Migration]) -> None:
    """
    Run the UP sections in the given order.

    Each file runs in a transaction of its own: when one is refused, it leaves nothing behind, and those
    before it stay. A file with ``-- janua: no-transaction``, or with a statement that PostgreSQL runs only
    outside a transaction, runs statement by statement, and what came before the failure stays. What a
    file sets for its session does not reach the next. ``conn`` must not be inside a transaction.

    Raises MigrationError with the place, the SQLSTATE and the statement.
    """
    with _autocommit(conn):
        for migration in migrations:
            _run(conn, migration, migration.up)


def apply_down(conn: psycopg.Connection, migrations: Iterable[Migration]) -> None:
    """
    Run the DOWN sections in reverse order; otherwise as :func:`apply_up`.

    Raises MigrationError before anything has run where one has no DOWN section.
    """
    latest_first = list(migrations)[::-1]
    sections = [(migration, _down(migration)) for migration in latest_first]
    with _autocommit(conn):
        for migration, section in sections:
            _run(conn, migration, section)


def _down(migration: Migration) -> Section:
    if migration.down is None:
        raise MigrationError(f"{shown_path(migration.path)}: has no -- DOWN section", path=migration.path)
    return migration.down


@contextmanager
def _autocommit(conn: psycopg.Connection) -> Iterator[None]:
    before = conn.autocommit
    if not before:
        conn.autocommit = True
    try:
        yield
    finally:
        if not before and not conn.closed:
            conn.autocommit = False


def _run(conn: psycopg.Connection, migration: Migration, section: Section) -> None:
    statements = _statements(migration, section)
    in_transaction = migration.is_transactional and not any(map(_needs_autocommit, statements))
    _refuse_unfit(migration, statements, in_transaction=in_transaction)
    try:
        with conn.transaction() if in_transaction else _no_transaction(conn, migration):
            for statement in statements:
                _execute(conn, migration, statement)
    except psycopg.Error as error:
        # COMMIT itself, which checks deferred constraints.
        raise _refused(migration, section.offset, section.sql, error) from error
    if any(map(_changes_session, statements)):
        conn.execute("RESET ALL; RESET ROLE")


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


def _statements(migration: Migration, section: Section) -> list[_Statement]:
    end = section.offset + len(section.sql)
    try:
        spans = split_statements(migration.text, section.offset, end)
    except SqlSyntaxError as error:
        malformed(migration.path, migration.text, error.offset, 1, str(error))
    return [_statement(migration.text[start:stop], start) for start, stop in spans]


def _statement(sql: str, offset: int) -> _Statement:
    words = []
    for token in tokenize(sql):
        if token.kind is Kind.QUOTED_NAME:
            words.append(token.text.strip('"'))
        elif token.kind not in TRIVIA:
            words.append(token.text.lower() if token.kind is Kind.NAME else token.text)
    return _Statement(sql, offset, tuple(words))


def _needs_autocommit(statement: _Statement) -> bool:
    """Tell whether PostgreSQL refuses this statement in a transaction block (its manual, "SQL Commands")."""
    match statement.words:
        case ("vacuum", *_) | ("alter", "system", *_):
            return True
        case ("create" | "drop", "database" | "tablespace" | "subscription", *_):
            return True
        case ("reindex", *rest):
            return bool({"database", "system", "concurrently"} & set(rest))
        case ("create" | "drop", *rest):
            return "index" in rest[:2] and "concurrently" in rest[:3]
        case ("alter", "table", *rest):
            return "detach" in rest and rest[-1] == "concurrently"
        case ("cluster",):
            return True
    return False


def _refuse_unfit(migration: Migration, statements: Sequence[_Statement], *, in_transaction: bool) -> None:
    """Refuse, before anything has run, what would do harm when it is sent."""
    for statement in statements:
        length = len(statement.sql)
        if in_transaction and _controls_transaction(statement):
            message = f"{statement.words[0].upper()} in a migration, which runs in a transaction of its own"
            hint = 'remove it, or add the line "-- janua: no-transaction"'
            malformed(migration.path, migration.text, statement.offset, length, message, hint)
        if statement.words[0] == "copy" and "stdin" in statement.words:
            # The server would wait for the data, and meanwhile nobody could drop any database.
            message = "COPY … FROM STDIN in a migration, which has no standard input"
            malformed(migration.path, migration.text, statement.offset, length, message, "write INSERT instead")


def _controls_transaction(statement: _Statement) -> bool:
    match statement.words:
        case ("begin" | "commit" | "end" | "abort", *_) | ("start" | "prepare", "transaction", *_):
            return True
        case ("rollback", *rest):
            return "to" not in rest
    return False


def _changes_session(statement: _Statement) -> bool:
    return statement.words[0] == "set" or "set_config" in statement.words


def _execute(conn: psycopg.Connection, migration: Migration, statement: _Statement) -> None:
    try:
        conn.execute(statement.sql.encode(), prepare=False)
    except psycopg.Error as error:
        position = int(error.diag.statement_position or 1) - 1
        raise _refused(migration, statement.offset + position, statement.sql, error, statement) from error


def _refused(
    migration: Migration, offset: int, sql: str, error: psycopg.Error, statement: _Statement | None = None
) -> MigrationError:
    message = error.diag.message_primary or str(error).strip() or type(error).__name__
    sqlstate = error.sqlstate or ""
    hint = _hint(statement, sqlstate) or error.diag.message_hint or _HINTS.get(sqlstate, "")
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
    )


def _hint(statement: _Statement | None, sqlstate: str) -> str:
    if statement is None:
        return ""
    if statement.sql.startswith("\\"):
        return "lines that begin with \\ are psql's own commands, not SQL: remove them"
    if statement.words[:2] == ("create", "extension") and sqlstate in ("0A000", "58P01"):
        name = next(word for word in statement.words[2:] if word not in ("if", "not", "exists"))
        return _extension_hint(name)
    return ""


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
