"""
Making a schema of migrations, for a database that is only asked about its types.

More is forgiven here than where a real database is migrated: neither roles nor other databases are needed
to know types, and what psql would have read itself is left out. Files of other tools and plain schemas run
in a transaction, and where that cannot be, one statement after the other: a new value of an enum may
then be used at once. What a plain schema names before it is there is made after the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

import psycopg

from janua.errors import MigrationError, SqlSyntaxError
from janua.migrations.apply import autocommit, execute_statement, reset_session, run
from janua.migrations.client import without_client_parts
from janua.migrations.files import Migration, malformed
from janua.migrations.statements import Statement, controls_transaction, needs_autocommit, statements_of
from janua.migrations.styles import Section, Style

_Waiting: TypeAlias = list[tuple[Migration, Statement, MigrationError]]

# Undefined: schema, function, column, table, object.
_UNDEFINED = {"3F000", "42883", "42703", "42P01", "42704"}
# What a statement about roles may say where they are not those of the real server: an undefined or duplicate
# object, an undefined database, missing rights, dependent objects, a grant that gives nothing.
_FORGIVEN = {"42704", "42710", "3D000", "42501", "2BP01", "0LP01"}
_QUERY = re.compile(r"^\s*(?:--|/\*)\s*name:\s*\w+\s+:\w+", re.MULTILINE)
_AUTHORIZATION = re.compile(r"\bauthorization\s+(\"(?:[^\"]|\"\")+\"|[^\s;]+)", re.IGNORECASE)


def build_schema(conn: psycopg.Connection, migrations: Iterable[Migration]) -> None:
    """
    Run the UP sections in the given order on a scratch database, which is to be dropped where this fails.

    Statements about a role that does not exist, about other databases and about the server as a whole
    do nothing. Our own files are otherwise run as :func:`apply_up` does; of the others, COPY is left
    out, and so is, in a plain schema, a statement below ``-- name: NAME :WORD``, which is a
    query. Raises MigrationError with the place, the SQLSTATE and the statement.
    """
    waiting: _Waiting = []
    with autocommit(conn):
        for migration in migrations:
            if migration.style is Style.JANUA:
                statements = [each for each in statements_of(migration, migration.up) if not _is_elsewhere(each)]
                run(conn, migration, statements, _execute)
            else:
                waiting += _build(conn, migration)
        _build_rest(conn, waiting)


def _build(conn: psycopg.Connection, migration: Migration) -> _Waiting:
    statements = _schema_statements(migration)
    try:
        if migration.is_transactional and _in_transaction(conn, migration, statements):
            return []
        return _one_by_one(conn, migration, statements)
    finally:
        if not conn.closed:
            conn.rollback()
            reset_session(conn, statements)


def _schema_statements(migration: Migration) -> list[Statement]:
    """Those that can change types; BEGIN and COMMIT are ours to say, unless something is rolled back."""
    section = migration.up
    try:
        sql = without_client_parts(section.sql)
    except SqlSyntaxError as error:
        malformed(migration.path, migration.text, section.offset + error.offset, 1, str(error))
    statements = statements_of(migration, Section(sql, section.offset))
    if migration.style is Style.PLAIN:
        statements = list(_without_queries(migration, statements))
    kept = [each for each in statements if not _is_elsewhere(each) and each.words[0] != "copy"]
    if any(each.words[0] in ("rollback", "abort") for each in kept):
        return kept
    return [each for each in kept if not controls_transaction(each)]


def _without_queries(migration: Migration, statements: Iterable[Statement]) -> Iterable[Statement]:
    end = migration.up.offset
    for statement in statements:
        if not _QUERY.search(migration.text[end : statement.offset]):
            yield statement
        end = statement.offset + len(statement.sql)


def _in_transaction(conn: psycopg.Connection, migration: Migration, statements: Sequence[Statement]) -> bool:
    """Run all, or nothing: what is wrong is said where they run one by one."""
    if any(needs_autocommit(each) or controls_transaction(each) for each in statements):
        return False
    try:
        with conn.transaction():
            for statement in statements:
                _execute(conn, migration, statement)
    except (psycopg.Error, MigrationError):
        if conn.closed:
            raise
        return False
    return True


def _one_by_one(conn: psycopg.Connection, migration: Migration, statements: Iterable[Statement]) -> _Waiting:
    waiting: _Waiting = []
    for statement in statements:
        try:
            _execute(conn, migration, statement)
        except MigrationError as error:
            if migration.style is not Style.PLAIN or error.sqlstate not in _UNDEFINED or conn.closed:
                raise
            waiting.append((migration, statement, error))
    return waiting


def _build_rest(conn: psycopg.Connection, waiting: _Waiting) -> None:
    """Try again what named something that was not there yet, as long as that helps."""
    while waiting:
        left: _Waiting = []
        for migration, statement, _ in waiting:
            left += _one_by_one(conn, migration, [statement])
        if len(left) == len(waiting):
            raise left[0][2]
        waiting = left


def _execute(conn: psycopg.Connection, migration: Migration, statement: Statement) -> None:
    """Run one statement; what it says of roles may come to nothing."""
    if not _is_about_roles(statement):
        execute_statement(conn, migration, statement)
        return
    try:
        with conn.transaction():
            execute_statement(conn, migration, statement)
    except MigrationError as error:
        if error.sqlstate not in _FORGIVEN and not _makes_public(statement, error):
            raise
        if statement.words[:2] == ("create", "schema") and error.sqlstate in ("42704", "42501"):
            execute_statement(conn, migration, _without_owner(statement))


def _is_elsewhere(statement: Statement) -> bool:
    """Tell whether the statement is about the server or another database, and so nothing to try out."""
    match statement.words:
        case ("alter", "system", *_):
            return True
        case ("create" | "alter" | "drop", "database" | "tablespace" | "subscription", *_):
            return True
        case ("reindex", *rest):
            return bool({"database", "system"} & set(rest))
        case ("comment", "on", "database" | "tablespace" | "subscription" | "role", *_):
            return True
        case ("grant" | "revoke", *rest):
            return "on" in rest and rest[rest.index("on") + 1 : rest.index("on") + 2] in (["database"], ["tablespace"])
    return False


def _is_about_roles(statement: Statement) -> bool:
    """Tell whether it is about roles, owners and rights, or sets what another version of the server knows."""
    match statement.words:
        case ("grant" | "revoke" | "reassign" | "set", *_) | ("security", "label", *_) | ("drop", "owned", *_):
            return True
        case ("alter", "default", "privileges", *_) | ("comment", "on", "extension", *_):
            return True
        case ("create" | "alter" | "drop", "role" | "user" | "group", *_):
            return True
        case ("create" | "alter", "policy", *_) | ("create", "schema", *_):
            return True
        case ("alter", *rest):
            return rest[-3:-1] == ["owner", "to"]
    return False


def _makes_public(statement: Statement, error: MigrationError) -> bool:
    """Every new database has that schema; a dump may make it all the same."""
    return statement.words[:3] == ("create", "schema", "public") and error.sqlstate == "42P06"


def _without_owner(statement: Statement) -> Statement:
    before = statement.words[statement.words.index("authorization") - 1] if "authorization" in statement.words else ""
    # CREATE SCHEMA AUTHORIZATION somebody makes a schema of that name.
    kept = r"\1" if before in ("schema", "exists") else ""
    return replace(statement, sql=_AUTHORIZATION.sub(kept, statement.sql, count=1))
