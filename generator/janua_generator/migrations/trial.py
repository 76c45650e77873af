"""A database in which migrations are tried in both directions, with the roles that they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import takewhile
from typing import Any

import psycopg
from janua.migrations import Migration, build_schema
from janua.migrations.apply import down_section
from janua.migrations.statements import statements_of
from janua.scratch import ScratchServer
from psycopg import sql

_NOT_ROLES = {"public", "current_user", "current_role", "session_user", "group", ","}
_BEHIND_ROLES = {"with", "granted", "using"}


def run_up(connection: psycopg.Connection[Any], migration: Migration) -> None:
    """Apply it, as where a schema is made of migrations. Raises MigrationError."""
    build_schema(connection, [migration])


def run_down(connection: psycopg.Connection[Any], migration: Migration) -> None:
    """Take it back. Raises MigrationError."""
    section = down_section(migration)
    build_schema(connection, [replace(migration.taking_back, up=section)])


@contextmanager
def roles_of(migrations: Iterable[Migration], scratch: ScratchServer) -> Iterator[None]:
    """
    Have the roles to which the migrations give rights on the server for a block, where it lets them be made.

    Without them nothing could be granted, and a grant that is forgotten would not be seen.
    """
    made: list[str] = []
    with psycopg.connect(scratch.url("postgres"), autocommit=True) as connection:
        for name in sorted(set(_named_roles(migrations))):
            with suppress(
                psycopg.errors.DuplicateObject, psycopg.errors.InsufficientPrivilege, psycopg.errors.ReservedName
            ):
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
                made.append(name)
        try:
            yield
        finally:
            for name in made:
                # Another run may be using it.
                with suppress(psycopg.errors.DependentObjectsStillExist, psycopg.errors.UndefinedObject):
                    connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def _named_roles(migrations: Iterable[Migration]) -> Iterator[str]:
    """Those that rights, tables and policies are for, and that no migration makes before."""
    made = set()
    for migration in migrations:
        for statement in statements_of(migration, migration.up):
            words = statement.words
            if words[0] == "create" and words[1:2] in (("role",), ("user",), ("group",)):
                made.add(words[2])
            elif "to" in words and (words[0] == "grant" or "policy" in words[:2] or words[-3:-1] == ("owner", "to")):
                behind = words[len(words) - words[::-1].index("to") :]
                named = takewhile(lambda word: word not in _BEHIND_ROLES, behind)
                yield from (each for each in named if each not in _NOT_ROLES and each not in made)
