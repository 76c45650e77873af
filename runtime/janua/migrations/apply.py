"""Running migrations: statement by statement, each file in a transaction where its statements allow that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import psycopg
from psycopg.pq import TransactionStatus

from janua.diagnostics import shown_path
from janua.errors import MigrationError
from janua.migrations.files import Migration
from janua.migrations.refusals import commit_refusal, refuse_unfit, statement_refusal
from janua.migrations.statements import Statement, changes_session, runs_in_transaction, statements_of
from janua.migrations.styles import Section, spelled

Execute: TypeAlias = Callable[[psycopg.Connection, Migration, Statement], None]


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
    sections = [(migration.taking_back, down_section(migration)) for migration in latest_first]
    with autocommit(conn):
        for migration, section in sections:
            run(conn, migration, statements_of(migration, section))


def down_section(migration: Migration) -> Section:
    """Return what takes the migration back. Raises MigrationError where it does not say that."""
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
    in_transaction = runs_in_transaction(migration, statements)
    refuse_unfit(migration, statements, in_transaction=in_transaction)
    try:
        with conn.transaction() if in_transaction else _no_transaction(conn, migration):
            for statement in statements:
                (execute or execute_statement)(conn, migration, statement)
    except psycopg.Error as error:
        raise commit_refusal(migration, statements, error) from error
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


def execute_statement(conn: psycopg.Connection, migration: Migration, statement: Statement) -> None:
    """Run one statement. Raises MigrationError with its place."""
    try:
        conn.execute(statement.sql.encode(), prepare=False)
    except psycopg.Error as error:
        raise statement_refusal(migration, statement, error) from error
