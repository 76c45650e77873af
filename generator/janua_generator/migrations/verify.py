"""
Whether migrations can be taken back: UP, DOWN and UP again on a scratch database, with its catalog compared.

Each one by itself, from the state in which it finds the schema; then all of them, down to nothing and up again.
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

from janua_generator.migrations.fingerprint import Difference, Fingerprint, differences, fingerprint
from janua_generator.migrations.rows import Factories, count_rows, lost_rows
from janua_generator.migrations.trial import roles_of, run_down, run_up


@dataclass(slots=True)
class Verdict:
    """What is wrong with the migrations, what else is to be known of them, and how many could be tried."""

    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tried: int = 0


def verify(project: Project, migrations: Sequence[Migration], scratch: ScratchServer) -> Verdict:
    """Try all migrations. Raises MigrationError where one cannot even be applied."""
    verdict = Verdict()
    factories = Factories(project)
    with roles_of(migrations, scratch):
        base = scratch.clone(scratch.migrated([], purpose="empty"))
        try:
            states = [_state(scratch, base)]
            for migration in migrations:
                with _connected(scratch, base) as connection:
                    run_up(connection, migration)
                states.append(_state(scratch, base))
                _try_one(migration, base, scratch, states[-2:], factories, verdict)
            _try_all(migrations, base, scratch, states, factories, verdict)
        finally:
            scratch.drop(base)
    return verdict


def _try_one(
    migration: Migration,
    base: str,
    scratch: ScratchServer,
    states: Sequence[Fingerprint],
    factories: Factories,
    verdict: Verdict,
) -> None:
    before, after = states
    if migration.down is None:
        verdict.notes.append(f"{_shown(migration)}: has no DOWN section, and cannot be taken back")
        return
    verdict.tried += 1
    with _copy(scratch, base) as name:
        factories.fill(scratch.url(name))
        with _connected(scratch, name) as connection:
            counts = count_rows(connection, after)
            if not _runs(run_down, connection, migration, "DOWN", verdict):
                return
            back = fingerprint(connection)
            lost = differences(before, back)
            verdict.notes += [f"{_shown(migration)}: DOWN {each}" for each in lost_rows(after, back, counts)]
            verdict.findings += [f"{_shown(migration)}: DOWN {each}" for each in lost]
            if _runs(run_up, connection, migration, "UP after DOWN", verdict) and not lost:
                again = differences(after, fingerprint(connection))
                verdict.findings += [f"{_shown(migration)}: UP after DOWN {each}" for each in again]


def _try_all(
    migrations: Sequence[Migration],
    base: str,
    scratch: ScratchServer,
    states: Sequence[Fingerprint],
    factories: Factories,
    verdict: Verdict,
) -> None:
    """With all rows that the whole schema can have; of what was found in one by itself, nothing is said again."""
    kept = next((at for at in range(len(migrations), 0, -1) if migrations[at - 1].down is None), 0)
    if verdict.findings or kept == len(migrations):
        return
    with _copy(scratch, base) as name:
        factories.fill(scratch.url(name))
        with _connected(scratch, name) as connection:
            for at in range(len(migrations), kept, -1):
                if not _runs(run_down, connection, migrations[at - 1], "DOWN, with all later ones", verdict):
                    return
            _compare("all DOWN", states[kept], connection, verdict)
            for migration in migrations[kept:]:
                if not _runs(run_up, connection, migration, "UP after all DOWN", verdict):
                    return
            _compare("all DOWN and UP", states[-1], connection, verdict)


def _compare(what: str, expected: Fingerprint, connection: psycopg.Connection[Any], verdict: Verdict) -> None:
    found: Sequence[Difference] = differences(expected, fingerprint(connection))
    verdict.findings += [f"{what}: {each}" for each in found]


def _runs(run: Any, connection: psycopg.Connection[Any], migration: Migration, what: str, verdict: Verdict) -> bool:
    try:
        run(connection, migration)
    except MigrationError as error:
        verdict.findings.append(f"{_shown(migration)}: {what} is refused\n{error}")
        return False
    return True


def _state(scratch: ScratchServer, name: str) -> Fingerprint:
    with _connected(scratch, name) as connection:
        return fingerprint(connection)


@contextmanager
def _connected(scratch: ScratchServer, name: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(scratch.url(name), autocommit=True) as connection:
        yield connection


@contextmanager
def _copy(scratch: ScratchServer, base: str) -> Iterator[str]:
    name = scratch.clone(base)
    try:
        yield name
    finally:
        scratch.drop(name)


def _shown(migration: Migration) -> str:
    return shown_path(migration.path)
