"""
Whether migrations can be taken back: UP, DOWN and UP again on a scratch database, with its catalog compared.

Each one by itself, from the state in which it finds the schema; then all of them, down to nothing and up again.
All tables have rows. What the server refuses because of them is tried once more without.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from janua.config import Project
from janua.diagnostics import shown_path
from janua.errors import MigrationError
from janua.migrations import Migration
from janua.scratch import ScratchServer

from janua_generator.migrations.factories import fill
from janua_generator.migrations.fingerprint import Fingerprint, differences, fingerprint
from janua_generator.migrations.rows import count_rows, lost_rows
from janua_generator.migrations.trial import roles_of, run_down, run_up

_WITH_ROWS = " where tables have rows"


@dataclass(slots=True)
class Verdict:
    """What is wrong with the migrations, what else is to be known of them, and how many could be tried."""

    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tried: int = 0


def verify(project: Project, migrations: Sequence[Migration], scratch: ScratchServer, *, since: int = 0) -> Verdict:
    """Try all migrations but the first ``since``. Raises MigrationError where one cannot even be applied."""
    with roles_of(migrations, scratch):
        base = scratch.clone(scratch.migrated([], purpose="empty"))
        try:
            return _Trial(project, migrations, scratch, base, since).verdict()
        finally:
            scratch.drop(base)


class _Trial:
    """Of the database ``base``, which gets one migration after the other, copies with rows are tried."""

    def __init__(
        self, project: Project, migrations: Sequence[Migration], scratch: ScratchServer, base: str, since: int
    ) -> None:
        self._project = project
        self._migrations = migrations
        self._scratch = scratch
        self._base = base
        self._since = since
        self._found = Verdict()
        self._told: set[str] = set()

    def verdict(self) -> Verdict:
        """Try all."""
        states = [self._state()]
        for at, migration in enumerate(self._migrations):
            with self._connected(self._base) as connection:
                run_up(connection, migration)
            states.append(self._state())
            if at >= self._since:
                self._try_one(migration, *states[-2:])
        self._try_all(states)
        return self._found

    def _try_one(self, migration: Migration, before: Fingerprint, after: Fingerprint) -> None:
        shown = _shown(migration)
        if migration.down is None:
            self._found.notes.append(f"{shown}: has no DOWN section, and cannot be taken back")
            return
        self._found.tried += 1
        with self._copy() as name:
            self._fill(name, shown)
            refused = self._there_and_back(migration, before, after, name)
        if refused:
            with self._copy() as name:
                always = self._there_and_back(migration, before, after, name)
            what, error = always or refused
            self._found.findings.append(f"{shown}: {what} is refused{'' if always else _WITH_ROWS}\n{error}")

    def _there_and_back(
        self, migration: Migration, before: Fingerprint, after: Fingerprint, name: str
    ) -> tuple[str, MigrationError] | None:
        """Note what is not as it was; return what the server refuses instead, and how it says so."""
        shown = _shown(migration)
        with self._connected(name) as connection:
            counts = count_rows(connection, after)
            try:
                run_down(connection, migration)
            except MigrationError as error:
                return "DOWN", error
            back = fingerprint(connection)
            lost = [f"{shown}: DOWN {each}" for each in differences(before, back)]
            notes = [f"{shown}: DOWN {each}" for each in lost_rows(after, back, counts)]
            try:
                run_up(connection, migration)
            except MigrationError as error:
                # What a DOWN has left is in the way, and is the thing to mend.
                if not lost:
                    self._note(notes)
                    return "UP after DOWN", error
            else:
                again = differences(after, fingerprint(connection)) if not lost else []
                lost += [f"{shown}: UP after DOWN {each}" for each in again]
        self._note(notes)
        self._found.findings += lost
        return None

    def _try_all(self, states: Sequence[Fingerprint]) -> None:
        """With all rows that the whole schema can have; of what was found in one by itself, nothing is said again."""
        migrations = self._migrations
        kept = next((at for at in range(len(migrations), 0, -1) if migrations[at - 1].down is None), 0)
        kept = max(kept, self._since)
        if self._found.findings or kept == len(migrations):
            return
        with self._copy() as name:
            self._fill(name, "all migrations")
            with self._connected(name) as connection:
                for migration in reversed(migrations[kept:]):
                    if not self._runs(run_down, connection, migration, "DOWN, with all later ones,"):
                        return
                self._compare("all DOWN", states[kept], connection)
                for migration in migrations[kept:]:
                    if not self._runs(run_up, connection, migration, "UP after all DOWN"):
                        return
                self._compare("all DOWN and UP", states[-1], connection)

    def _fill(self, name: str, shown: str) -> None:
        for table, why in fill(self._project, self._scratch.url(name)).items():
            if table not in self._told:
                self._told.add(table)
                self._found.notes.append(f"{shown}: tried without rows in {table.removeprefix('public.')}: {why}")

    def _note(self, notes: Sequence[str]) -> None:
        self._found.notes += [each for each in notes if each not in self._found.notes]

    def _compare(self, what: str, expected: Fingerprint, connection: psycopg.Connection[Any]) -> None:
        self._found.findings += [f"{what}: {each}" for each in differences(expected, fingerprint(connection))]

    def _runs(self, run: Any, connection: psycopg.Connection[Any], migration: Migration, what: str) -> bool:
        try:
            run(connection, migration)
        except MigrationError as error:
            self._found.findings.append(f"{_shown(migration)}: {what} is refused\n{error}")
            return False
        return True

    def _state(self) -> Fingerprint:
        with self._connected(self._base) as connection:
            return fingerprint(connection)

    @contextmanager
    def _connected(self, name: str) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self._scratch.url(name), autocommit=True) as connection:
            yield connection

    @contextmanager
    def _copy(self) -> Iterator[str]:
        name = self._scratch.clone(self._base)
        try:
            yield name
        finally:
            self._scratch.drop(name)


def _shown(migration: Migration) -> str:
    return shown_path(migration.path)
