"""Which locks a statement takes on tables that were there, and whether it reads them whole or writes them anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg
from janua.diagnostics import Diagnostic, diagnostic_at, shown_path
from janua.migrations import Migration
from janua.migrations.apply import execute_statement
from janua.migrations.statements import Statement, runs_in_transaction, statements_of

from janua_generator.migrations.trial import run_up

_READ = files("janua_generator.migrations").joinpath("locks.sql").read_text("utf-8")
# What others have to wait for (PostgreSQL's manual, "Explicit Locking").
_STOPS = {
    "ShareLock": "writes",
    "ShareRowExclusiveLock": "writes",
    "ExclusiveLock": "writes",
    "AccessExclusiveLock": "reads and writes",
}
_ORDER = list(_STOPS)


@dataclass(frozen=True, slots=True)
class _Table:
    lock: str
    filenode: int
    scans: int


@dataclass(frozen=True, slots=True)
class TableLock:
    """What a statement does to a table: the strongest lock that it adds, and whether it holds it for long."""

    migration: Migration
    statement: Statement
    table: str
    lock: str
    rewrites: bool
    reads: bool

    def diagnostic(self) -> Diagnostic:
        """Return the warning about it."""
        work = "is written anew" if self.rewrites else "is read as a whole"
        return diagnostic_at(
            shown_path(self.migration.path),
            self.migration.text,
            self.statement.offset,
            len(self.statement.sql),
            f"{self.table} {work} while {_STOPS[self.lock]} wait ({_spelled(self.lock)} lock)",
            hint=_ADVICE[self.rewrites],
            severity="warning",
            rule="rewrite" if self.rewrites else "scan-under-lock",
        )

    def __str__(self) -> str:
        line = self.migration.text.count("\n", 0, self.statement.offset) + 1
        work = ", writes it anew" if self.rewrites else ", reads it as a whole" if self.reads else ""
        return f"{shown_path(self.migration.path)}:{line}: {_spelled(self.lock)} on {self.table}{work}"


_ADVICE = {
    True: "add a new column, fill it in batches, and change over in a later migration",
    False: "have it done without that lock: CREATE INDEX CONCURRENTLY; ADD CONSTRAINT … NOT VALID, and VALIDATE"
    " CONSTRAINT in a later migration",
}


def observe(connection: psycopg.Connection[Any], migrations: Sequence[Migration]) -> list[TableLock]:
    """Run the UP sections, and return what each statement did to tables that the first one has found."""
    tables = [
        oid
        for (oid,) in connection.execute("SELECT oid FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND oid >= 16384")
    ]
    found: list[TableLock] = []
    for migration in migrations:
        statements = statements_of(migration, migration.up)
        if runs_in_transaction(migration, statements):
            with connection.transaction():
                found += _observe_all(connection, migration, statements, tables)
        else:
            # One at a time: what runs CONCURRENTLY holds no lock for which others would wait.
            run_up(connection, migration)
    return found


def _observe_all(
    connection: psycopg.Connection[Any], migration: Migration, statements: Sequence[Statement], tables: Sequence[int]
) -> Iterator[TableLock]:
    before = _look(connection, tables)
    for statement in statements:
        execute_statement(connection, migration, statement)
        after = _look(connection, tables)
        for name, now in after.items():
            was = before.get(name, _Table("", now.filenode, now.scans))
            rewrites, reads = now.filenode != was.filenode, now.scans > was.scans
            is_stronger = now.lock in _STOPS and (
                was.lock not in _STOPS or _ORDER.index(now.lock) > _ORDER.index(was.lock)
            )
            if now.lock in _STOPS and (is_stronger or rewrites or reads):
                yield TableLock(migration, statement, name, now.lock, rewrites, reads)
        before = after


def _look(connection: psycopg.Connection[Any], tables: Sequence[int]) -> dict[str, _Table]:
    found: dict[str, _Table] = {}
    for name, filenode, scans, locks in connection.execute(_READ, {"tables": list(tables)}):
        strongest = max((each for each in locks if each in _STOPS), key=_ORDER.index, default="")
        found[name] = _Table(strongest, filenode or 0, scans)
    return found


def _spelled(lock: str) -> str:
    return "".join(f" {char}" if char.isupper() else char for char in lock.removesuffix("Lock")).strip().upper()
