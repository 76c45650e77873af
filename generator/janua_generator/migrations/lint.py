"""What migrations would do to a service that runs: to its queries, to its traffic, and what squawk says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
from janua.diagnostics import Diagnostic
from janua.migrations import Migration
from janua.scratch import ScratchServer

from janua_generator.migrations.effects import effects_on_queries
from janua_generator.migrations.locks import TableLock, observe
from janua_generator.migrations.squawk import find_squawk, run_squawk
from janua_generator.project import Inputs

NO_SQUAWK = "squawk's rules are left out: pip install 'janua-database[lint]' adds them"


@dataclass(slots=True)
class Linted:
    """The findings in the order of the migrations; all locks for which others wait; what could not be looked at."""

    findings: list[Diagnostic] = field(default_factory=list)
    locks: list[TableLock] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def lint(inputs: Inputs, before: Sequence[Migration], pending: Sequence[Migration], scratch: ScratchServer) -> Linted:
    """Look at what ``pending`` does where ``before`` is applied. Raises MigrationError and GenerationFailed."""
    found = Linted()
    name = scratch.clone(scratch.migrated(before, purpose="lint"))
    try:
        with psycopg.connect(scratch.url(name), autocommit=True) as connection:
            found.locks = observe(connection, pending)
            version = connection.info.server_version
    finally:
        scratch.drop(name)
    found.findings += [each.diagnostic() for each in found.locks if each.rewrites or each.reads]
    program = find_squawk()
    if program is None:
        found.notes.append(NO_SQUAWK)
    else:
        for migration in pending:
            found.findings += run_squawk(program, migration, root=inputs.project.root, server_version=version)
    found.findings += effects_on_queries(inputs, before, [*before, *pending])
    return found
